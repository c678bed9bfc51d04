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
    public X509Certificate2 Server(double fromDays = -60, double toDays = 90, string? name = null)
    {
        using var key = RSA.Create(2048);
        using var signed = Request(key, HashAlgorithmName.SHA256, name).Create(Issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(Issuer.GetECDsaPrivateKey()!),
            Now.AddDays(fromDays), Now.AddDays(toDays), RandomNumberGenerator.GetBytes(8));
        using var whole = signed.CopyWithPrivateKey(key);
        // Through a PFX: SslStream wants a key that it can hand on.
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>What no authority would issue today: RSA of 1024 bits, signed with SHA-1. Made by openssl, for .NET refuses to.</summary>
    public async Task<string> WeakAsync(string folder, CancellationToken cancellationToken)
    {
        var (issuer, key, made) = (Path.Combine(folder, "issuer.pem"), Path.Combine(folder, "issuer.key"), Path.Combine(folder, "made.pem"));
        await File.WriteAllTextAsync(issuer, Issuer.ExportCertificatePem(), cancellationToken);
        await File.WriteAllTextAsync(key, Issuer.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), cancellationToken);
        var settings = Path.Combine(folder, "weak.cnf");
        await File.WriteAllTextAsync(settings, "[req]\ndistinguished_name=dn\nx509_extensions=x\n[dn]\n[x]\nsubjectAltName=DNS:localhost\n", cancellationToken);
        using var openssl = Process.Start(new ProcessStartInfo("openssl",
            ["req", "-x509", "-config", settings, "-newkey", "rsa:1024", "-nodes", "-sha1", "-subj", "/CN=weak", "-days", "90", "-CA", issuer, "-CAkey", key, "-keyout", Path.Combine(folder, "made.key"), "-out", made]) { RedirectStandardError = true })!;
        var said = await openssl.StandardError.ReadToEndAsync(cancellationToken);
        await openssl.WaitForExitAsync(cancellationToken);
        openssl.ExitCode.ShouldBe(0, said);
        return await File.ReadAllTextAsync(made, cancellationToken);
    }

    public void Dispose()
    {
        Root.Dispose();
        Issuer.Dispose();
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
