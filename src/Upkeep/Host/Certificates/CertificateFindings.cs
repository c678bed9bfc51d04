using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Journal;

namespace Upkeep.Host.Certificates;

/// <summary>What a reader should know of certificates. Unreachable, expired and of another name are three different things.</summary>
internal sealed class CertificateFindings(CertificateSettings settings, DateTimeOffset now)
{
    private const int FewestRsaBits = 2048;
    private const int FewestCurveBits = 224;

    public IEnumerable<Finding> Of(CertificateSurvey survey) =>
        OfAuthorities(survey).Concat(survey.Endpoints.SelectMany(OfEndpoint)).Concat(survey.Files.SelectMany(file => OfFile(file, survey.Endpoints)));

    private IEnumerable<Finding> OfAuthorities(CertificateSurvey survey) => survey.Untrusting is not { } problem ? [] :
    [
        new Finding(Severity.Warning, "certificate-authorities" + Finding.NotCheckedSuffix, $"Not checked: whether chains end at your own authorities, because {settings.Authorities} can't be read: {problem}", settings.Authorities,
            "Name a PEM file under host: certificates: authorities that the user who runs upkeep may read."),
    ];

    public static int DaysLeft(SeenCertificate certificate, DateTimeOffset now) => (int)Math.Floor((certificate.To - now).TotalDays);

    private IEnumerable<Finding> OfEndpoint(SeenEndpoint endpoint)
    {
        var at = endpoint.Endpoint;
        if (endpoint.OldProtocol is { } old)
            yield return new Finding(Severity.Warning, "certificate-old-protocol", $"{at} still speaks {old}.", at, "Set TLS 1.2 as the least in the server's configuration (nginx: ssl_protocols TLSv1.2 TLSv1.3; PostgreSQL: ssl_min_protocol_version).");
        if (endpoint.Chain is not { } chain)
        {
            yield return NotSeen(endpoint);
            yield break;
        }
        foreach (var finding in OfChain(at, chain))
            yield return finding;
        if (endpoint.Stapled == StapledStatus.Revoked)
            yield return new Finding(Severity.Critical, "certificate-revoked", $"The certificate of {at} is revoked: the server itself brings along its authority's word for that.", at, "Ask for a new one and serve that. Who had it revoked, and is its key in other hands?");
        else if (endpoint.Stapled == StapledStatus.None && chain.Leaf.MustStaple && chain.Missing is null && chain.UnknownRoot is null)
            yield return new Finding(Severity.Warning, "certificate-not-stapled", $"The certificate of {at} may only be served with its authority's fresh word that it is not revoked, and none came: clients that heed it refuse it.", at, "Switch stapling on (nginx: ssl_stapling on), or ask for a certificate without must-staple.");
        if (endpoint.NameFits == false)
        {
            var names = chain.Leaf.Names.Count == 0 ? "no name at all" : string.Join(", ", chain.Leaf.Names.Take(5));
            yield return new Finding(Severity.Critical, "certificate-wrong-name", $"{at} shows a certificate that is not for this host but for {names}.", at, "Serve the certificate of this host, or ask for one that names it (subject alternative name).");
        }
    }

    private static Finding NotSeen(SeenEndpoint endpoint) => endpoint.State switch
    {
        EndpointState.NotOffered => new Finding(Severity.Warning, "certificate-tls-not-offered", $"{endpoint.Endpoint} answers without TLS: {endpoint.Problem}.", endpoint.Endpoint, "Switch TLS on there, or take the endpoint out of host: certificates: endpoints."),
        EndpointState.HandshakeFailed => new Finding(Severity.Warning, "certificate-handshake" + Finding.NotCheckedSuffix, $"Not checked: the certificate of {endpoint.Endpoint}, because TLS broke off: {endpoint.Problem}", endpoint.Endpoint,
            "Does TLS 1.2 or newer run on this port? Try: openssl s_client -connect host:port"),
        _ => new Finding(Severity.Warning, "certificate-endpoint" + Finding.NotCheckedSuffix, $"Not checked: the certificate of {endpoint.Endpoint}, because it can't be reached: {endpoint.Problem}", endpoint.Endpoint, "Is it running, and may this machine connect to it?"),
    };

    private IEnumerable<Finding> OfFile(SeenFile file, IReadOnlyList<SeenEndpoint> endpoints)
    {
        if (file.Chain is not { } chain)
        {
            yield return new Finding(Severity.Warning, "certificate-file" + Finding.NotCheckedSuffix, $"Not checked: {file.Path}, because it can't be read: {file.Problem}", file.Path, "Correct the path or the password, or let the user who runs upkeep read it.");
            yield break;
        }
        foreach (var finding in OfChain(file.Path, chain))
            yield return finding;
        var served = endpoints.FirstOrDefault(endpoint => endpoint.Endpoint == file.Endpoint)?.Chain?.Leaf;
        if (served is not null && served.Sha256 != chain.Leaf.Sha256)
        {
            yield return new Finding(Severity.Warning, "certificate-not-reloaded", string.Create(CultureInfo.InvariantCulture,
                $"{file.Endpoint} serves another certificate (until {served.To:yyyy-MM-dd}) than {file.Path} holds (until {chain.Leaf.To:yyyy-MM-dd})."), file.Endpoint, "Reload the server that serves it: a renewed certificate counts from then on.");
        }
    }

    private IEnumerable<Finding> OfChain(string at, SeenChain chain)
    {
        foreach (var certificate in chain.Others.Prepend(chain.Leaf))
        {
            var whose = certificate == chain.Leaf ? $"The certificate of {at}" : $"In the chain of {at}, the certificate {certificate.Subject}";
            if (OfTime(at, whose, certificate) is { } timely)
                yield return timely;
            if (certificate.Key == "RSA" && certificate.KeyBits < FewestRsaBits || certificate.Key == "ECDSA" && certificate.KeyBits < FewestCurveBits)
                yield return new Finding(Severity.Warning, "certificate-weak-key", $"{whose} has a {certificate.Key} key of {certificate.KeyBits} bits.", at, "Ask for a new one with RSA 2048 or ECDSA P-256 at least.");
            if (certificate.WeakDigest is { } digest)
                yield return new Finding(Severity.Warning, "certificate-weak-signature", $"{whose} is signed with {digest}.", at, "Ask for a new one that is signed with SHA-256; clients refuse this.");
        }
        if (chain.Missing is { } missing)
            yield return new Finding(Severity.Warning, "certificate-chain-incomplete", $"The chain of {at} is not whole: the certificate of {missing} was neither sent nor is it known here.", at,
                "Serve the whole chain (the authority's fullchain file); where the authority is your own, name it under host: certificates: authorities.");
        if (chain.UnknownRoot is { } root)
            yield return new Finding(Severity.Warning, "certificate-unknown-root", $"The chain of {at} ends at {root}, which this machine doesn't trust.", at, "Where that authority is your own, name its file under host: certificates: authorities.");
    }

    private Finding? OfTime(string at, string whose, SeenCertificate certificate)
    {
        const string renew = "Renew it, and reload what serves it.";
        var days = DaysLeft(certificate, now);
        if (certificate.From > now)
            return new Finding(Severity.Critical, "certificate-not-yet-valid", string.Create(CultureInfo.InvariantCulture, $"{whose} is valid only from {certificate.From:yyyy-MM-dd HH:mm} UTC."), at, "Is this machine's clock right? Else serve the one before until then.");
        if (certificate.To <= now)
            return new Finding(Severity.Critical, "certificate-expired", string.Create(CultureInfo.InvariantCulture, $"{whose} expired on {certificate.To:yyyy-MM-dd HH:mm} UTC."), at, renew);
        return days >= settings.WarnDays ? null : new Finding(days < settings.CriticalDays ? Severity.Critical : Severity.Warning, "certificate-expires-soon",
            string.Create(CultureInfo.InvariantCulture, $"{whose} has {Counted.Of(days, "day")} left, until {certificate.To:yyyy-MM-dd HH:mm} UTC."), at, renew);
    }
}
