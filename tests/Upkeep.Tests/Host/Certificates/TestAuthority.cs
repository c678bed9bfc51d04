using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Upkeep.Tests.Host.Certificates;

/// <summary>A certificate authority of the tests' own, with one below it that issues.</summary>
internal sealed class TestAuthority : IDisposable
{
    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Root = Authority("CN=Upkeep test root", key).CreateSelfSigned(Now.AddYears(-2), Now.AddYears(9));
        using var below = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = Authority("CN=Upkeep test issuer", below).Create(Root, Now.AddYears(-2), Now.AddYears(8), [1, 2, 3]);
        Issuer = signed.CopyWithPrivateKey(below);
    }

    public static DateTimeOffset Now { get; } = TimeProvider.System.GetUtcNow();

    public X509Certificate2 Root { get; }

    public X509Certificate2 Issuer { get; }

    /// <summary>A server's certificate for 127.0.0.1 and localhost, with its key.</summary>
    public X509Certificate2 Server(double fromDays = -60, double toDays = 90, string? name = null, bool mustStaple = false)
    {
        using var key = RSA.Create(2048);
        var request = Request(key, HashAlgorithmName.SHA256, name);
        // RFC 7633: a list of TLS extensions that must be served, here status_request (5).
        if (mustStaple)
            request.CertificateExtensions.Add(new X509Extension("1.3.6.1.5.5.7.1.24", [0x30, 0x03, 0x02, 0x01, 0x05], critical: false));
        using var signed = request.Create(Issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(Issuer.GetECDsaPrivateKey()!),
            Now.AddDays(fromDays), Now.AddDays(toDays), RandomNumberGenerator.GetBytes(8));
        using var whole = signed.CopyWithPrivateKey(key);
        // Through a PFX: SslStream wants a key that it can hand on.
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>What no authority would issue today: RSA of 1024 bits, signed with SHA-1. Made by openssl, for .NET refuses to.</summary>
    public async Task<string> WeakAsync(string folder, CancellationToken cancellationToken)
    {
        var ((issuer, key), made) = (await IssuerAsync(folder, cancellationToken), Path.Combine(folder, "made.pem"));
        var settings = Path.Combine(folder, "weak.cnf");
        await File.WriteAllTextAsync(settings, "[req]\ndistinguished_name=dn\nx509_extensions=x\n[dn]\n[x]\nsubjectAltName=DNS:localhost\n", cancellationToken);
        await OpensslAsync(["req", "-x509", "-config", settings, "-newkey", "rsa:1024", "-nodes", "-sha1", "-subj", "/CN=weak", "-days", "90", "-CA", issuer, "-CAkey", key, "-keyout", Path.Combine(folder, "made.key"), "-out", made], cancellationToken);
        return await File.ReadAllTextAsync(made, cancellationToken);
    }

    /// <summary>What the authority answers when it is asked whether a certificate is still good; to be believed for seven days (OCSP, made by openssl).</summary>
    /// <returns>The file with the answer.</returns>
    public async Task<string> AnswerAsync(string folder, X509Certificate2 certificate, bool revoked, CancellationToken cancellationToken)
    {
        var ((issuer, key), asked, index, answer) = (await IssuerAsync(folder, cancellationToken), Path.Combine(folder, "asked.pem"), Path.Combine(folder, "index.txt"), Path.Combine(folder, "answer.der"));
        await File.WriteAllTextAsync(asked, certificate.ExportCertificatePem(), cancellationToken);
        // What an authority of openssl knows of a certificate: state, end, when and why revoked, number, file, subject.
        string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyMMddHHmmss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(index, $"{(revoked ? "R" : "V")}\t{Moment(Now.AddDays(90))}\t{(revoked ? Moment(Now.AddDays(-1)) : "")}\t{certificate.SerialNumber}\tunknown\t/CN=server\n", cancellationToken);
        await OpensslAsync(["ocsp", "-index", index, "-rsigner", issuer, "-rkey", key, "-CA", issuer, "-issuer", issuer, "-cert", asked, "-ndays", "7", "-respout", answer], cancellationToken);
        return answer;
    }

    public void Dispose()
    {
        Root.Dispose();
        Issuer.Dispose();
    }

    private async Task<(string Certificate, string Key)> IssuerAsync(string folder, CancellationToken cancellationToken)
    {
        var (issuer, key) = (Path.Combine(folder, "issuer.pem"), Path.Combine(folder, "issuer.key"));
        await File.WriteAllTextAsync(issuer, Issuer.ExportCertificatePem(), cancellationToken);
        await File.WriteAllTextAsync(key, Issuer.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), cancellationToken);
        return (issuer, key);
    }

    private static async Task OpensslAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var openssl = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var told = openssl.StandardOutput.ReadToEndAsync(cancellationToken);
        var said = await openssl.StandardError.ReadToEndAsync(cancellationToken);
        await told;
        await openssl.WaitForExitAsync(cancellationToken);
        openssl.ExitCode.ShouldBe(0, said);
    }

    private static CertificateRequest Request(RSA key, HashAlgorithmName digest, string? name)
    {
        var request = new CertificateRequest("CN=server", key, digest, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name ?? "localhost");
        if (name is null)
            names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request;
    }
}
