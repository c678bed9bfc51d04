namespace Upkeep.Configuration;

/// <summary>What is looked at on the machine, besides the database.</summary>
public sealed record HostSettings
{
    public CertificateSettings Certificates { get; init; } = new();
    public SecurityUpdateSettings SecurityUpdates { get; init; } = new();
    public DiskCleanupSettings DiskCleanup { get; init; } = new();
    public ResourceSettings Resources { get; init; } = new();
}

/// <summary>The certificates that must not run out unseen.</summary>
public sealed record CertificateSettings
{
    /// <summary>Where certificates are served: https://host, postgres://host:port, smtp://host:port (both by their STARTTLS), tls://host:port.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];
    /// <summary>Certificate files: PEM (several in one, too), DER or PFX.</summary>
    public IReadOnlyList<CertificateFileSettings> Files { get; init; } = [];
    /// <summary>A PEM file of certificate authorities that are trusted besides the machine's own; null where there is none.</summary>
    [FilePath]
    public string? Authorities { get; init; }
    /// <summary>A certificate that ends in fewer days is a warning.</summary>
    [Limits(1, 3650)]
    public int WarnDays { get; init; } = 30;
    /// <summary>A certificate that ends in fewer days is critical.</summary>
    [Limits(0, 3650)]
    public int CriticalDays { get; init; } = 7;
    /// <summary>How long each endpoint may take; they are asked side by side.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>A certificate file.</summary>
public sealed record CertificateFileSettings
{
    /// <summary>The file.</summary>
    [FilePath]
    public required string Path { get; init; }
    /// <summary>The password of a PFX, as a reference: <c>${NAME}</c> or <c>file:/path</c>.</summary>
    [Secret]
    public string? Password { get; init; }
    /// <summary>The endpoint, as written under endpoints, that should serve this file's certificate; null compares with none.</summary>
    public string? Endpoint { get; init; }
}
