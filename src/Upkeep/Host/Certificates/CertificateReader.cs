using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Upkeep.Host.Certificates;

/// <summary>Reads what certificates say, and follows them to their root without fetching anything.</summary>
/// <param name="authorities">Trusted besides the machine's own.</param>
internal sealed class CertificateReader(X509Certificate2Collection authorities, DateTimeOffset now)
{
    private const int LargestFile = 4 << 20;

    // id-pe-tlsfeature, RFC 7633.
    private const string TlsFeature = "1.3.6.1.5.5.7.1.24";

    /// <param name="certificates">The server's own first.</param>
    public SeenChain Read(IReadOnlyList<X509Certificate2> certificates)
    {
        var others = new X509Certificate2Collection(certificates.Skip(1).ToArray());
        var (missing, unknown) = Follow(certificates[0], others);
        return new SeenChain(Facts(certificates[0]), [.. certificates.Skip(1).Select(Facts)], missing, unknown);
    }

    /// <exception cref="CryptographicException">It holds no certificate, or its password is another.</exception>
    public static async Task<X509Certificate2Collection> LoadAsync(string path, string? password, CancellationToken cancellationToken)
    {
        if (new FileInfo(path).Length > LargestFile)
            throw new CryptographicException($"it is larger than {Amount.Bytes(LargestFile)}");
        var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        var found = new X509Certificate2Collection();
        if (bytes.AsSpan().IndexOf("-----BEGIN "u8) >= 0)
            found.ImportFromPem(Encoding.ASCII.GetString(bytes));
        else if (ContentOf(bytes) == X509ContentType.Pkcs12)
            // The keys stay out of any store: nothing but the certificates is looked at.
            found.AddRange(X509CertificateLoader.LoadPkcs12Collection(bytes, password, X509KeyStorageFlags.EphemeralKeySet));
        else
            found.Add(X509CertificateLoader.LoadCertificate(bytes));
        return found.Count > 0 ? found : throw new CryptographicException("it holds no certificate");
    }

    private static X509ContentType ContentOf(byte[] bytes)
    {
        try
        {
            return X509Certificate2.GetCertContentType(bytes);
        }
        catch (CryptographicException problem)
        {
            throw new CryptographicException("it holds no certificate (neither PEM, DER nor PFX)", problem);
        }
    }

    /// <summary>The server's own first: the one that none of the others was issued by.</summary>
    public static IReadOnlyList<X509Certificate2> InOrder(X509Certificate2Collection found)
    {
        var own = found.FirstOrDefault(one => one.HasPrivateKey) ?? found.FirstOrDefault(one => !found.Any(other => other != one && other.Issuer == one.Subject)) ?? found[0];
        return [own, .. found.Where(one => one != own)];
    }

    /// <summary>How a chain is to be followed with what the server staples to it. Nothing is asked of anybody else.</summary>
    public X509ChainPolicy Stapled()
    {
        var policy = new X509ChainPolicy
        {
            DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.Offline, RevocationFlag = X509RevocationFlag.EndCertificateOnly, VerificationTime = now.UtcDateTime,
        };
        if (authorities.Count == 0)
            return policy;
        using var machine = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(machine.Certificates);
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    /// <summary>What is known of the first certificate of a chain that was followed by <see cref="Stapled"/>.</summary>
    public static StapledStatus StatusIn(X509Chain chain)
    {
        if (chain.ChainElements.Count == 0)
            return StapledStatus.None;
        var said = chain.ChainElements[0].ChainElementStatus.Concat(chain.ChainStatus).Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        const X509ChainStatusFlags unknown = X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;
        return (said & X509ChainStatusFlags.Revoked) != 0 ? StapledStatus.Revoked : (said & unknown) != 0 ? StapledStatus.None : StapledStatus.Good;
    }

    private (string? Missing, string? UnknownRoot) Follow(X509Certificate2 leaf, X509Certificate2Collection others)
    {
        using var byMachine = Chain(others, X509ChainTrustMode.System);
        if (Ends(byMachine, leaf) is not { } end)
            return (null, null);
        if (authorities.Count > 0)
        {
            using var byConfiguration = Chain(others, X509ChainTrustMode.CustomRootTrust);
            byConfiguration.ChainPolicy.CustomTrustStore.AddRange(authorities);
            if (Ends(byConfiguration, leaf) is not { } other)
                return (null, null);
            end = other;
        }
        return end.Subject == end.Issuer ? (null, end.Subject) : (end.Issuer, null);
    }

    // Where the chain ends untrusted; null where it is trusted. Times and names are judged apart.
    private static X509Certificate2? Ends(X509Chain chain, X509Certificate2 leaf)
    {
        chain.Build(leaf);
        const X509ChainStatusFlags broken = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;
        return chain.ChainStatus.Any(status => (status.Status & broken) != 0) ? chain.ChainElements[^1].Certificate : null;
    }

    private X509Chain Chain(X509Certificate2Collection others, X509ChainTrustMode trust)
    {
        var chain = new X509Chain
        {
            ChainPolicy =
            {
                // A missing intermediate must be seen to miss: most clients don't fetch it either.
                DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck, TrustMode = trust, VerificationTime = now.UtcDateTime,
            },
        };
        chain.ChainPolicy.ExtraStore.AddRange(others);
        return chain;
    }

    private static SeenCertificate Facts(X509Certificate2 certificate)
    {
        var (key, bits) = Key(certificate);
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString())));
        return new SeenCertificate(certificate.Subject, certificate.Issuer, new DateTimeOffset(certificate.NotBefore).ToUniversalTime(), new DateTimeOffset(certificate.NotAfter).ToUniversalTime(),
            certificate.GetCertHashString(HashAlgorithmName.SHA256), key, bits, certificate.Subject == certificate.Issuer ? null : WeakDigest(certificate.SignatureAlgorithm.Value), [.. names])
        {
            MustStaple = certificate.Extensions.Any(extension => extension.Oid?.Value == TlsFeature),
        };
    }

    private static (string Name, int Bits) Key(X509Certificate2 certificate)
    {
        using var rsa = certificate.GetRSAPublicKey();
        using var curve = rsa is null ? certificate.GetECDsaPublicKey() : null;
        return rsa is not null ? ("RSA", rsa.KeySize) : curve is not null ? ("ECDSA", curve.KeySize) : (certificate.PublicKey.Oid.FriendlyName ?? certificate.PublicKey.Oid.Value ?? "unknown", 0);
    }

    private static string? WeakDigest(string? algorithm) => algorithm switch
    {
        "1.2.840.113549.1.1.5" or "1.2.840.10045.4.1" or "1.2.840.10040.4.3" or "1.3.14.3.2.29" => "SHA-1",
        "1.2.840.113549.1.1.4" => "MD5",
        _ => null,
    };
}
