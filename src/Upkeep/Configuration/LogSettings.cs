namespace Upkeep.Configuration;

/// <summary>Where the platform's logs are, and how long what they held is kept.</summary>
public sealed record LogSettings
{
    /// <summary>The application log of the day; <c>{date}</c> stands for today as yyyy-MM-dd in the platform's zone. Null where there is none.</summary>
    [FilePath]
    public string? Application { get; init; }
    /// <summary>The logs that are rotated, read for error patterns and measured.</summary>
    public IReadOnlyList<LogFileSettings> Files { get; init; } = [];
    /// <summary>Folder of their archives; null keeps each beside its log.</summary>
    [FilePath]
    public string? Archives { get; init; }
    /// <summary>How archives are compressed: zstd or gzip.</summary>
    public ArchiveCompression Compression { get; init; } = ArchiveCompression.Zstd;
    /// <summary>How old an archive may become, by the date in its name.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(30);
    /// <summary>So many of each log's newest archives stay, whatever their age.</summary>
    public int KeepAtLeast { get; init; } = 1;
    /// <summary>Regular expressions of what varies in messages, besides what is recognised: each match is masked before messages are grouped.</summary>
    public IReadOnlyList<string> Masks { get; init; } = [];
}

/// <summary>How an archive is compressed.</summary>
public enum ArchiveCompression
{
    Zstd,
    Gzip,
}

/// <summary>How a log is rotated.</summary>
public enum LogWay
{
    /// <summary>By renaming where <c>reopen</c> says how the writer opens the new file, else by collapsing.</summary>
    Auto,
    /// <summary>The log is renamed, and its writer told to open a new one.</summary>
    Rename,
    /// <summary>Whole blocks are taken off the front while the writer goes on (ext4 and XFS).</summary>
    Collapse,
    /// <summary>Copied, then cut to nothing. Loses what is written in between; the report says so.</summary>
    Truncate,
}

/// <summary>A log, or all that match a pattern.</summary>
public sealed record LogFileSettings
{
    /// <summary>The log; <c>*</c> and <c>?</c> in the last part of the path stand for any characters but a slash.</summary>
    [FilePath]
    public required string Path { get; init; }
    /// <summary>How it is rotated: auto, rename, collapse or truncate.</summary>
    public LogWay Way { get; init; } = LogWay.Auto;
    /// <summary>How its writer is told to open a new file; null where it never does.</summary>
    public ReopenSettings? Reopen { get; init; }
    /// <summary>A log of fewer bytes stays as it is, unless <c>maxAge</c> says otherwise.</summary>
    [ByteSize]
    public long MinSize { get; init; }
    /// <summary>A log last rotated longer ago is rotated whatever its size; null: only its size counts.</summary>
    public TimeSpan? MaxAge { get; init; }
}

/// <summary>How the writer of a log is told to open it anew: one of a signal, a command and a unit.</summary>
public sealed record ReopenSettings
{
    /// <summary>The signal that it understands, for example USR1 (nginx) or HUP (rsyslog).</summary>
    public ReopenSignal? Signal { get; init; }
    /// <summary>The file that holds the process id which the signal goes to; null: every process that writes to the log gets it.</summary>
    [FilePath]
    public string? PidFile { get; init; }
    /// <summary>Program and arguments that make it reopen. No shell reads them.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];
    /// <summary>The systemd unit that is reloaded.</summary>
    public string? Unit { get; init; }
    /// <summary>How long the writer may take to hold the new file.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>The signals that programs reopen their logs on.</summary>
public enum ReopenSignal
{
    Hup,
    Usr1,
    Usr2,
}
