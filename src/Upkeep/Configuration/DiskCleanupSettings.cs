namespace Upkeep.Configuration;

/// <summary>What may be removed from the machine's disks when nobody has used it for long.</summary>
public sealed record DiskCleanupSettings
{
    /// <summary>Folders whose files may go.</summary>
    public IReadOnlyList<CleanupRuleSettings> Rules { get; init; } = [];
    /// <summary>What the package manager removes from its cache of downloaded packages: nothing (none), what can't be downloaded again (autoclean), or all (clean).</summary>
    public PackageCacheWay PackageCache { get; init; } = PackageCacheWay.None;
    /// <summary>Container images that the engine's own prune removes; null leaves them all.</summary>
    public ImageCleanupSettings? Images { get; init; }
}

/// <summary>Files of one folder that may go.</summary>
public sealed record CleanupRuleSettings
{
    /// <summary>The folder, absolute and no link; the files in it and in folders below it may go, on this mount only, and itself never.</summary>
    public required string Folder { get; init; }
    /// <summary>Names of files that may go; <c>*</c> and <c>?</c> stand for any characters. Hidden files are among them.</summary>
    public string Pattern { get; init; } = "*";
    /// <summary>A file goes when it was last read, written, moved or changed longer ago: the newest of the three times counts.</summary>
    public TimeSpan UnusedFor { get; init; } = TimeSpan.FromDays(7);
    /// <summary>So many of the newest files that match stay, whatever their age.</summary>
    [Limits(0, 10_000)]
    public int KeepNewest { get; init; }
    /// <summary>Files go only while less than this is free on the folder's disk, the longest unused first; null: whenever they are old enough.</summary>
    [ByteSize]
    public long? KeepFree { get; init; }
    /// <summary>Whether folders below that are empty, and as long unchanged, go too.</summary>
    public bool EmptyFolders { get; init; }
}

/// <summary>What goes from the package manager's cache.</summary>
public enum PackageCacheWay
{
    None,
    Autoclean,
    Clean,
}

/// <summary>Container images that may go.</summary>
public sealed record ImageCleanupSettings
{
    /// <summary>The engine: docker or podman.</summary>
    public ContainerEngine Engine { get; init; } = ContainerEngine.Docker;
    /// <summary>Whether tagged images that no container uses go too; else only those without a tag.</summary>
    public bool Unused { get; init; }
    /// <summary>An image goes when it was made longer ago.</summary>
    public TimeSpan OlderThan { get; init; } = TimeSpan.FromDays(7);
}

/// <summary>The programs that keep container images.</summary>
public enum ContainerEngine
{
    Docker,
    Podman,
}
