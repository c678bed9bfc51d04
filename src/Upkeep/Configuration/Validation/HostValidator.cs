namespace Upkeep.Configuration.Validation;

internal static class HostValidator
{
    public static IEnumerable<Objection> Check(CertificateSettings certificates)
    {
        for (var index = 0; index < certificates.Endpoints.Count; index++)
        {
            var endpoint = certificates.Endpoints[index];
            if (TlsAddress.Of(endpoint) is null)
                yield return new Objection($"endpoints[{index}]", $"'{endpoint}' is no address of a certificate", "Write https://host, postgres://host:port, smtp://host:port or tls://host:port, without a user.");
            else if (certificates.Endpoints.Take(index).Contains(endpoint, StringComparer.Ordinal))
                yield return new Objection($"endpoints[{index}]", $"an earlier entry is {endpoint}", "Name each endpoint once.");
        }
        for (var index = 0; index < certificates.Files.Count; index++)
        {
            if (certificates.Files[index].Endpoint is { } served && !certificates.Endpoints.Contains(served, StringComparer.Ordinal))
                yield return new Objection($"files[{index}].endpoint", $"'{served}' isn't among endpoints", "Write it there as well, in the same words.", "endpoints");
        }
        if (certificates.CriticalDays > certificates.WarnDays)
            yield return new Objection("criticalDays", $"{certificates.CriticalDays} days come before the warning at {certificates.WarnDays}", "Write fewer days than warnDays.", "warnDays");
        if (certificates.Timeout == TimeSpan.Zero)
            yield return new Objection("timeout", "within 0 no server can answer", "Write for example 10s.");
    }
}
