namespace Upkeep.Backups.Foreign;

/// <summary>What a file or folder is, by its content; its name says nothing.</summary>
public enum ForeignFormat
{
    /// <summary>SQL as pg_dump writes it, perhaps compressed.</summary>
    PlainSql,

    /// <summary>pg_dump's custom format.</summary>
    Custom,

    /// <summary>pg_dump's tar format, perhaps compressed.</summary>
    Tar,

    /// <summary>pg_dump's directory format.</summary>
    Directory,

    /// <summary>None of these.</summary>
    Unknown,
}

/// <summary>What the file is wrapped in.</summary>
public enum ForeignCompression
{
    None,
    Gzip,
    Zstd,
}

/// <summary>How it stands with a backup that others made, as far as it can be told without restoring it.</summary>
public enum ForeignState
{
    /// <summary>Nothing speaks against it, as far as it was read; the detail says where that was not to its end.</summary>
    Whole,

    /// <summary>It has no bytes, or nothing in it.</summary>
    Empty,

    /// <summary>It ends before its end.</summary>
    Truncated,

    /// <summary>It can't be read, or a checksum of its compression doesn't hold.</summary>
    Corrupt,

    /// <summary>It is of another database than the one that is maintained.</summary>
    OtherDatabase,

    /// <summary>It is no backup of PostgreSQL.</summary>
    NotABackup,
}

/// <summary>A backup that somebody else's tool made. It has no manifest, so what must come out of it is known to nobody.</summary>
/// <param name="Path">File or folder, absolute.</param>
/// <param name="At">When it was last written to.</param>
/// <param name="Detail">What was seen, in words, with the value that shows it.</param>
public sealed record ForeignBackup(string Path, ForeignFormat Format, ForeignCompression Compression, ForeignState State, long Bytes, DateTimeOffset At, string Detail);
