using Upkeep.Configuration;

namespace Upkeep.Host.DiskCleanup;

/// <summary>What a look at the disks found.</summary>
/// <param name="At">What ages count to, also when the work is gone on with later.</param>
public sealed record CleanupSurvey(DateTimeOffset At, IReadOnlyList<FolderLook> Folders, CacheLook? Packages, CacheLook? Images);

/// <summary>What one rule lets go.</summary>
/// <param name="Files">How many files would go.</param>
/// <param name="Bytes">What that frees: a file with other names that stay frees nothing.</param>
/// <param name="EmptyFolders">How many folders would go.</param>
/// <param name="Oldest">The longest unused of them; not all.</param>
/// <param name="Left">What would stay, and why.</param>
/// <param name="FreeBytes">What anybody may use on the disk now.</param>
public sealed record FolderLook(CleanupRuleSettings Rule, string Mount, long Files, long Bytes, long EmptyFolders, IReadOnlyList<GoingFile> Oldest, WalkTally Left, long FreeBytes)
{
    /// <summary>Why the folder could not be looked at; null where it was.</summary>
    public string? Problem { get; init; }

    /// <summary>Processes whose open files only root may see.</summary>
    public int Unseen { get; init; }
}

/// <summary>A file that would go.</summary>
public sealed record GoingFile(string Path, long Bytes, DateTimeOffset LastUsed);

/// <summary>What another program keeps and can remove by itself.</summary>
/// <param name="What">For people, for example <c>apt's cache</c>.</param>
/// <param name="Bytes">What would go; null where the program doesn't tell beforehand.</param>
/// <param name="Problem">Why it can't be done; null where it can.</param>
/// <param name="Command">What will be run.</param>
public sealed record CacheLook(string What, string Mount, long? Bytes, string? Problem, string? Hint, IReadOnlyList<string> Command)
{
    /// <summary>Whether there is something to do.</summary>
    public bool IsDue => Problem is null && Bytes != 0;
}

/// <summary>What was removed.</summary>
public sealed record CleanupEffect(IReadOnlyList<FolderEffect> Folders, IReadOnlyList<CacheEffect> Caches, IReadOnlyList<DiskEffect> Disks)
{
    /// <summary>Whether a stop came before the end.</summary>
    public bool Stopped { get; init; }

    /// <summary>Removals that the list doesn't show, because it became too long.</summary>
    public long Unlisted { get; init; }
}

/// <summary>What was removed by one rule, whatever attempts it took.</summary>
/// <param name="Left">What stayed, by the last attempt.</param>
public sealed record FolderEffect(string Folder, string Pattern, long Files, long Bytes, long EmptyFolders, WalkTally Left)
{
    /// <summary>Why the folder could not be cleaned; null where it was.</summary>
    public string? Problem { get; init; }

    /// <summary>The first file that the kernel refused to remove, and its words.</summary>
    public string? FirstRefusal { get; init; }
}

/// <summary>How another program's own clean-up ended.</summary>
/// <param name="Problem">Null where it ended well.</param>
public sealed record CacheEffect(string What, string? Problem);

/// <summary>The room on a disk before and after, as its file system counts it, whoever used it meanwhile.</summary>
public sealed record DiskEffect(string Mount, long FreeBefore, long FreeAfter);

/// <summary>How far removing has come, durably noted.</summary>
/// <param name="Generation">The note that goes on from here.</param>
/// <param name="ListBytes">Length of the list.</param>
/// <param name="FreeBefore">Bytes free by mount when the first attempt began.</param>
public sealed record CleanupMark(int Generation, long ListBytes, IReadOnlyList<RuleTotal> Totals, IReadOnlyDictionary<string, long> FreeBefore);

/// <summary>What a rule has removed.</summary>
public sealed record RuleTotal(long Files, long Bytes, long EmptyFolders, long Unlisted);
