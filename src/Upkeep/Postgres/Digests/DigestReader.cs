using System.Collections.Concurrent;
using Npgsql;

namespace Upkeep.Postgres.Digests;

/// <summary>Digests tables inside the server, one pass over each, on parallel sessions of one snapshot. Why this digest: docs/decisions/digest.md.</summary>
public sealed class DigestReader(DatabaseDoor door)
{
    /// <summary>How the digests are made. To compare with others, take the one that they name: <see cref="DigestAlgorithm.Named"/>.</summary>
    public DigestAlgorithm Algorithm { get; init; } = DigestAlgorithm.Newest;

    /// <summary>Digests a whole database in a snapshot of its own.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async Task<DatabaseDigest> OfDatabaseAsync(int sessions, TimeSpan lockWait, Action<DigestTable>? done, CancellationToken cancellationToken)
    {
        await using var snapshot = await SnapshotSession.ExportAsync(door, lockWait, cancellationToken);
        var scope = await DigestScope.ReadAsync(snapshot.Connection, cancellationToken);
        return await ReadAsync(snapshot, scope, sessions, lockWait, done, cancellationToken);
    }

    /// <summary>The same by the algorithm that another digest names, so that the two can be compared.</summary>
    /// <exception cref="UnknownDigestException">This upkeep doesn't know the algorithm.</exception>
    /// <inheritdoc cref="ReadAsync"/>
    public Task<DatabaseDigest> OfDatabaseAsync(string algorithm, int sessions, TimeSpan lockWait, Action<DigestTable>? done, CancellationToken cancellationToken) =>
        new DigestReader(door) { Algorithm = DigestAlgorithm.Named(algorithm) }.OfDatabaseAsync(sessions, lockWait, done, cancellationToken);

    /// <summary>Digests a whole database in the given snapshot.</summary>
    /// <param name="snapshot">The exporting session; the scope and what needs no pass over a table is read on it.</param>
    /// <param name="sessions">Tables digested at a time, each on a session of its own.</param>
    /// <param name="lockWait">Longest wait for a table that someone has locked.</param>
    /// <param name="done">Hears of each table when it is done.</param>
    /// <exception cref="DigestException">A table could not be read; it names the table.</exception>
    public async Task<DatabaseDigest> ReadAsync(SnapshotSession snapshot, DigestScope scope, int sessions, TimeSpan lockWait, Action<DigestTable>? done,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(scope);
        var digests = new ConcurrentBag<TableDigest>();
        var notCovered = new ConcurrentBag<NotCovered>(scope.NotCovered);
        var sequences = await SequencesAsync(snapshot.Connection, notCovered, cancellationToken);
        var largeObjects = await LargeObjectsAsync(snapshot.Connection, notCovered, cancellationToken);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, sessions), CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(scope.Tables, options, async (table, token) =>
        {
            await using var session = await SnapshotSession.JoinAsync(door, snapshot.Id, lockWait, token);
            try
            {
                digests.Add(await TableAsync(session.Connection, table, token));
            }
            catch (PostgresException problem) when (IsTooLarge(problem))
            {
                notCovered.Add(new NotCovered(table.Name.ToString(), $"holds a value whose text is larger than the server can make: {problem.MessageText}"));
            }
            catch (PostgresException problem) when (!token.IsCancellationRequested)
            {
                throw new DigestException(table, problem);
            }
            done?.Invoke(table);
        });
        return new DatabaseDigest
        {
            Algorithm = Algorithm.Name,
            Tables = [.. digests.OrderBy(digest => digest.Schema, StringComparer.Ordinal).ThenBy(digest => digest.Name, StringComparer.Ordinal)],
            Sequences = sequences,
            LargeObjects = largeObjects,
            NotCovered = [.. notCovered.OrderBy(entry => entry.What, StringComparer.Ordinal)],
        };
    }

    /// <summary>Digests one table in whatever the session sees.</summary>
    public async Task<TableDigest> TableAsync(NpgsqlConnection connection, DigestTable table, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        var rows = await connection.QueryAsync(Algorithm.Statement(table),
            row => new TableDigest(table.Oid, table.Name.Schema, table.Name.Name, row.GetInt64(0), row.GetString(1)), cancellationToken);
        return rows[0];
    }

    private static async Task<IReadOnlyList<SequenceValue>> SequencesAsync(NpgsqlConnection connection, ConcurrentBag<NotCovered> notCovered, CancellationToken cancellationToken)
    {
        var sequences = await connection.QueryAsync(Sql.File("Postgres/Digests/sequences.sql"), row => (
            Value: new SequenceValue(row.GetString(0), row.GetString(1), row.IsDBNull(3) ? null : row.GetInt64(3), row.GetInt64(2)),
            Readable: row.GetBoolean(4)), cancellationToken);
        foreach (var (value, _) in sequences.Where(sequence => !sequence.Readable))
            notCovered.Add(new NotCovered($"{value.Schema}.{value.Name}", "a sequence that this role may not read"));
        return [.. sequences.Where(sequence => sequence.Readable).Select(sequence => sequence.Value)];
    }

    private async Task<LargeObjectDigest?> LargeObjectsAsync(NpgsqlConnection connection, ConcurrentBag<NotCovered> notCovered, CancellationToken cancellationToken)
    {
        if (await connection.ScalarAsync<bool>("select has_table_privilege('pg_largeobject', 'SELECT')", cancellationToken))
        {
            return (await connection.QueryAsync(Sql.File(Algorithm.LargeObjects),
                row => new LargeObjectDigest(row.GetInt64(0), row.GetString(1)), cancellationToken))[0];
        }
        var objects = await connection.ScalarAsync<long>("select count(*) from pg_largeobject_metadata", cancellationToken);
        if (objects > 0)
            notCovered.Add(new NotCovered("large objects", $"{objects} large objects, whose pages this role may not read (pg_largeobject)"));
        return null;
    }

    // Output of one row passes 1 GB: "invalid memory alloc request size" is an internal error, the others have codes of their own.
    private static bool IsTooLarge(PostgresException problem) =>
        problem.SqlState is PostgresErrorCodes.ProgramLimitExceeded or PostgresErrorCodes.OutOfMemory
        || (problem.SqlState == PostgresErrorCodes.InternalError && problem.MessageText.Contains("invalid memory alloc request size", StringComparison.Ordinal));
}

/// <summary>A table could not be digested.</summary>
public sealed class DigestException(DigestTable table, PostgresException inner) : Exception($"{table.Name}: {inner.MessageText}", inner)
{
    public DigestTable Table { get; } = table;

    public PostgresException Cause { get; } = inner;
}
