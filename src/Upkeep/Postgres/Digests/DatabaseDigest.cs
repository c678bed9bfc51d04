namespace Upkeep.Postgres.Digests;

/// <summary>What a database held at one snapshot: rows and content per table, and what could not be covered. Two of them are compared to prove a restore.</summary>
public sealed record DatabaseDigest
{
    /// <summary>How the content digests were made; digests of different algorithms are never compared.</summary>
    public required string Algorithm { get; init; }

    public required IReadOnlyList<TableDigest> Tables { get; init; }

    public required IReadOnlyList<SequenceValue> Sequences { get; init; }

    /// <summary>Null where they could not be read; then <see cref="NotCovered"/> says why.</summary>
    public required LargeObjectDigest? LargeObjects { get; init; }

    public required IReadOnlyList<NotCovered> NotCovered { get; init; }
}

/// <summary>One table's rows and content, without its children's or partitions'.</summary>
/// <param name="Oid">The table's oid in the database the digest was taken in; another one after a restore.</param>
/// <param name="Digest">Sums of the rows' 64-bit hashes as decimal text, with a colon between two; the order of the rows doesn't count, their number does.</param>
public sealed record TableDigest(uint Oid, string Schema, string Name, long Rows, string Digest)
{
    public TableName Table() => new(Schema, Name);
}

/// <summary>
/// A sequence as it stood just before the snapshot. Sequences know no snapshots: a restored one may be further on in the direction of
/// <paramref name="Increment"/>, never further back.
/// </summary>
/// <param name="LastValue">Null for one that was never used.</param>
public sealed record SequenceValue(string Schema, string Name, long? LastValue, long Increment);

/// <param name="Objects">Number of large objects that hold data.</param>
public sealed record LargeObjectDigest(long Objects, string Digest);

/// <summary>Something that holds rows and that no digest speaks for.</summary>
/// <param name="What">Its name, for example <c>public.remote_events</c>.</param>
public sealed record NotCovered(string What, string Reason);
