using Upkeep.Configuration;
using Upkeep.Host.Certificates;

namespace Upkeep.Checking;

/// <summary>The certificates that a run looks at: whether each can be seen, not whether it is good.</summary>
internal static class HostRequirements
{
    private const string Step = "host.certificates";

    public static async Task<IReadOnlyList<Requirement>> LookAsync(CertificateSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        if (settings.Endpoints.Count + settings.Files.Count == 0)
            return [Requirement.Met("certificates", "None configured: the run looks at no certificate")];
        var survey = await CertificateLook.AtAsync(settings, time.GetUtcNow(), time, cancellationToken);
        return
        [
            .. survey.Untrusting is { } untrusting ? [Requirement.Missing("host.certificates.authorities", $"{settings.Authorities} can't be read: {untrusting}", "Name a PEM file that the user who runs upkeep may read.", Step)] : Array.Empty<Requirement>(),
            .. survey.Endpoints.Select(endpoint => endpoint.Problem is { } problem
                ? Requirement.Missing($"certificate {endpoint.Endpoint}", $"No certificate can be seen at {endpoint.Endpoint}: {problem}", "Is it running with TLS, and may this machine connect to it?", Step)
                : Requirement.Met($"certificate {endpoint.Endpoint}", $"{endpoint.Endpoint} shows a certificate")),
            .. survey.Files.Select(file => file.Problem is { } problem
                ? Requirement.Missing($"certificate {file.Path}", $"{file.Path} can't be read: {problem}", "Correct the path or the password, or let the user who runs upkeep read it.", Step)
                : Requirement.Met($"certificate {file.Path}", $"{file.Path} is readable")),
        ];
    }
}
