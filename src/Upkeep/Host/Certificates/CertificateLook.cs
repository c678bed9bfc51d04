using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Upkeep.Configuration;

namespace Upkeep.Host.Certificates;

/// <summary>Looks at every configured endpoint, side by side, and at every file.</summary>
public static class CertificateLook
{
    // So many connections at a time, twice: nobody's firewall takes it for an attack.
    private const int SideBySide = 16;

    /// <param name="now">What "trusted" is judged at.</param>
    public static async Task<CertificateSurvey> AtAsync(CertificateSettings settings, DateTimeOffset now, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var (authorities, untrusting) = await AuthoritiesAsync(settings.Authorities, cancellationToken);
        var reader = new CertificateReader(authorities, now);
        var probe = new TlsProbe(reader, settings.Timeout, time);
        var endpoints = new SeenEndpoint[settings.Endpoints.Count];
        await Parallel.ForAsync(0, endpoints.Length, new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken },
            async (index, token) => endpoints[index] = await probe.LookAsync(settings.Endpoints[index], token));
        var files = new List<SeenFile>();
        foreach (var file in settings.Files)
            files.Add(await FileAsync(file, reader, cancellationToken));
        return new CertificateSurvey(endpoints, files) { Untrusting = untrusting };
    }

    // Days, names and strength can be told without them.
    private static async Task<(X509Certificate2Collection Authorities, string? Problem)> AuthoritiesAsync(string? path, CancellationToken cancellationToken)
    {
        try
        {
            return (path is null ? [] : await CertificateReader.LoadAsync(path, null, cancellationToken), null);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return ([], problem.Message);
        }
    }

    private static async Task<SeenFile> FileAsync(CertificateFileSettings file, CertificateReader reader, CancellationToken cancellationToken)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found = await CertificateReader.LoadAsync(file.Path, file.Password, cancellationToken);
            return new SeenFile(file.Path, file.Endpoint, null, reader.Read(CertificateReader.InOrder(found)));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return new SeenFile(file.Path, file.Endpoint, problem.Message, null);
        }
        finally
        {
            foreach (var certificate in found)
                certificate.Dispose();
        }
    }
}
