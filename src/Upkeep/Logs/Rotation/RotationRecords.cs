using Upkeep.Configuration;
using Upkeep.Running;

namespace Upkeep.Logs.Rotation;

/// <summary>What is asked for.</summary>
/// <param name="Path">The log, absolute.</param>
/// <param name="Folder">Where its archives go, absolute.</param>
public sealed record RotationRequest(string Path, string Folder)
{
    public ArchiveCompression Compression { get; init; } = ArchiveCompression.Zstd;

    public LogWay Way { get; init; } = LogWay.Auto;

    /// <summary>How the writer is told to open the log anew; null where it never does.</summary>
    public ReopenSettings? Reopen { get; init; }

    /// <summary>A log of fewer bytes stays as it is, unless <see cref="MaxAge"/> says otherwise.</summary>
    public long MinSize { get; init; }

    /// <summary>A log last rotated longer ago is rotated whatever its size; null: only its size counts.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Another log of this name, whose archives go to the same folder: then neither's could be told from the other's; null where there is none.</summary>
    public string? Namesake { get; init; }

    /// <summary>Hears of each archive before the last trace of its making is removed: whoever keeps a record misses none, and may hear of one twice.</summary>
    public Action<Rotated>? Done { get; init; }
}

/// <summary>What came of one log.</summary>
/// <param name="Lines">Lines that went into the archive.</param>
/// <param name="Bytes">Bytes that went into it, uncompressed.</param>
public sealed record Rotated(string Path, string Archive, long Lines, long Bytes, long ArchiveBytes)
{
    /// <summary>What came of a rotation whose archive has its name.</summary>
    internal static Rotated Of(IRotationIntent intent, CopiedRange copied, LogWay way) =>
        new(intent.Path, intent.Archive, copied.Lines, copied.Bytes, new FileInfo(intent.Archive).Length) { Way = way, Compression = intent.Compression, Hash = copied.Hash };

    public LogWay Way { get; init; }

    public ArchiveCompression Compression { get; init; }

    /// <summary>XXH3 of 128 bits over what went into the archive, in hexadecimal.</summary>
    public string Hash { get; init; } = "";

    /// <summary>What the log held behind the archived part when it was rotated, and still holds; null where the whole file was archived.</summary>
    public CopiedRange? Rest { get; init; }

    /// <summary>Where that stands in the log since.</summary>
    public long RestAt { get; init; }

    /// <summary>Device of the file that <see cref="Rest"/> is in.</summary>
    public ulong Device { get; init; }

    public ulong Inode { get; init; }
}

/// <summary>How the rotation of one log ended.</summary>
/// <param name="Done">What was archived; nothing where nothing could be.</param>
/// <param name="Problem">Why it was not rotated, or not to the end.</param>
/// <param name="Notices">What a person should know of one that went well.</param>
public sealed record RotationOutcome(IReadOnlyList<Rotated> Done, Problem? Problem, IReadOnlyList<string> Notices)
{
    /// <summary>Why nothing was to be rotated, in words; null where something was, or couldn't be.</summary>
    public string? Idle { get; init; }

    internal static RotationOutcome Nothing(string why) => new([], null, []) { Idle = why };

    internal static RotationOutcome Failed(Problem problem) => new([], problem, []);

    internal static RotationOutcome Finished(Rotated rotated, params IReadOnlyList<string> notices) => new([rotated], null, notices);

    /// <summary>Nothing was archived, and a person should know why.</summary>
    internal static RotationOutcome Told(params IReadOnlyList<string> notices) => new([], null, notices);

    internal RotationOutcome After(RotationOutcome earlier) =>
        this with { Done = [.. earlier.Done, .. Done], Problem = Problem ?? earlier.Problem, Notices = [.. earlier.Notices, .. Notices], Idle = earlier.Done.Count == 0 ? Idle : null };
}

/// <summary>Part of a log, as it was copied or looked at.</summary>
/// <param name="Hash">XXH3 of 128 bits over the bytes, in hexadecimal.</param>
public sealed record CopiedRange(long Lines, long Bytes, string Hash);
