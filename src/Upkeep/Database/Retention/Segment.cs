namespace Upkeep.Database.Retention;

/// <summary>The rows that one transaction removed, and where they are: a zstd frame of its own inside an archive file.</summary>
public sealed record Segment
{
    /// <summary>Number within its table, from 1, in the order of their writing.</summary>
    public required long Number { get; init; }

    /// <summary>The worker that wrote it, from 1; each works through one transaction after the other.</summary>
    public required int Lane { get; init; }

    /// <summary>Name of the file in the table's archive folder; null where nothing is archived.</summary>
    public string? File { get; init; }

    public long Offset { get; init; }
    public long Length { get; init; }
    public required long Rows { get; init; }

    /// <summary>Order-independent digest of the rows (see RowDigest), hex.</summary>
    public string? Digest { get; init; }

    /// <summary>Of the frame's bytes on disk.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The newest instant among the rows, as COPY writes it.</summary>
    public string? Newest { get; init; }

    /// <summary>The transaction that removed them: after a crash its fate decides whether the segment counts.</summary>
    public required string Xid { get; init; }
}

/// <summary>What the act writes to the journal: exactly one of the three is set.</summary>
public sealed record RetentionCheckpoint
{
    /// <summary>Names the table (see <see cref="LeafSurvey.Key"/>).</summary>
    public required string Leaf { get; init; }

    /// <summary>Safe on disk; its transaction is about to commit.</summary>
    public Segment? Written { get; init; }

    /// <summary>Number of a segment whose transaction was found committed.</summary>
    public long? Settled { get; init; }

    /// <summary>Number of a segment whose transaction did not commit: its rows are still in the table.</summary>
    public long? Dropped { get; init; }
}

/// <summary>One table's archive, as it stands beside the files.</summary>
public sealed record Manifest
{
    public int Format { get; init; } = 1;
    public required string Run { get; init; }
    public required string Step { get; init; }
    public required string Schema { get; init; }
    public required string Table { get; init; }

    /// <summary>Order of the columns in the files; COPY text, UTF-8, times in UTC.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    public required string Limit { get; init; }
    public string? Where { get; init; }
    public required long Rows { get; init; }

    /// <summary>Digest of all rows.</summary>
    public required string Digest { get; init; }

    public required IReadOnlyList<Segment> Segments { get; init; }
}
