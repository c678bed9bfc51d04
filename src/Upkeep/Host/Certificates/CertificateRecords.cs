using System.Text.Json.Serialization;

namespace Upkeep.Host.Certificates;

/// <summary>What was seen of certificates.</summary>
public sealed record CertificateSurvey(IReadOnlyList<SeenEndpoint> Endpoints, IReadOnlyList<SeenFile> Files)
{
    /// <summary>Why the authorities that are trusted besides the machine's own could not be read; null where they were.</summary>
    public string? Untrusting { get; init; }
}

/// <summary>How far a look at an endpoint came.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EndpointState>))]
public enum EndpointState
{
    /// <summary>It showed a certificate.</summary>
    Seen,
    /// <summary>Nobody answered, or not in time.</summary>
    Unreachable,
    /// <summary>The server answered, and offers no TLS.</summary>
    NotOffered,
    /// <summary>TLS was begun and broke off before a certificate was shown.</summary>
    HandshakeFailed,
}

/// <summary>One endpoint.</summary>
/// <param name="Problem">Why no certificate was seen; null where one was.</param>
/// <param name="Protocol">What was agreed on with us.</param>
/// <param name="OldProtocol">What is agreed on with a client that knows no TLS 1.2; null where such a one is turned away, or it isn't known.</param>
public sealed record SeenEndpoint(string Endpoint, EndpointState State, string? Problem, string? Protocol, string? OldProtocol, SeenChain? Chain)
{
    /// <summary>Whether the certificate is for the host that was asked for; null where none was seen.</summary>
    public bool? NameFits { get; init; }

    /// <summary>What the authority says of the certificate, where the server brings that along.</summary>
    public StapledStatus Stapled { get; init; }
}

/// <summary>What a stapled OCSP response says (RFC 6066 section 8, RFC 6960), its signature and its time (by this machine's clock) checked by the TLS library.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StapledStatus>))]
public enum StapledStatus
{
    /// <summary>None came, it is too old, or who signed it isn't trusted.</summary>
    None,
    Good,
    Revoked,
}

/// <summary>One file.</summary>
/// <param name="Endpoint">The endpoint that should serve it.</param>
/// <param name="Problem">Why it could not be read.</param>
public sealed record SeenFile(string Path, string? Endpoint, string? Problem, SeenChain? Chain);

/// <summary>A certificate, those that came with it, and how far they lead.</summary>
/// <param name="Leaf">The certificate of the server itself.</param>
/// <param name="Others">The rest, in the order they came.</param>
/// <param name="Missing">The issuer that was neither sent nor is known here; null where the chain is whole.</param>
/// <param name="UnknownRoot">The root that the chain ends at and nobody here trusts.</param>
public sealed record SeenChain(SeenCertificate Leaf, IReadOnlyList<SeenCertificate> Others, string? Missing, string? UnknownRoot);

/// <summary>What a certificate says of itself.</summary>
/// <param name="Sha256">Its fingerprint.</param>
/// <param name="Key">For example <c>RSA</c>.</param>
/// <param name="KeyBits">0 where it isn't known.</param>
/// <param name="WeakDigest">SHA-1 or MD5, where it is signed with that by somebody else.</param>
public sealed record SeenCertificate(string Subject, string Issuer, DateTimeOffset From, DateTimeOffset To, string Sha256, string Key, int KeyBits, string? WeakDigest, IReadOnlyList<string> Names)
{
    /// <summary>Whether clients are told to refuse it without a stapled response (RFC 7633, "must staple").</summary>
    public bool MustStaple { get; init; }
}

/// <summary>How many days a certificate had left when a run looked at it.</summary>
public sealed record DaysLeftPoint(DateTimeOffset At, string What, double Days);
