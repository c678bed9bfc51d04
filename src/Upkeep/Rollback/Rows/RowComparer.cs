using Npgsql;
using Upkeep.Backups;
using Upkeep.Postgres;
using Upkeep.Postgres.Digests;

namespace Upkeep.Rollback.Rows;

/// <summary>One table of both databases.</summary>
/// <param name="Live">Null where the restored database has none of this name.</param>
internal sealed record TablePair(TableShape Replaced, TableShape? Live)
{
    public TableName Name => Replaced.Name;

    /// <summary>Quoted names of what is compared: every column of the replaced one, for what it holds is what could be lost.</summary>
    public IReadOnlyList<string> Columns => [.. Replaced.Columns.Select(column => Sql.Identifier(column.Name))];

    /// <summary>The same of the live one: a column that it hasn't is empty there, so that each row in which the replaced one has a value differs.</summary>
    public IReadOnlyList<string> LiveColumns => [.. Replaced.Columns.Select(column => Live?.Has(column.Name) == true ? Sql.Identifier(column.Name) : "null::text")];

    /// <summary>Both, seen as tables of one shape, or null where they can't be: their keys are of other columns.</summary>
    public bool SameKey => Live is not null && Live.Key.SequenceEqual(Replaced.Key);
}

/// <summary>Compares the replaced database with the restored one, each in a snapshot of its own.</summary>
/// <param name="swapXid">The transaction of the swap, which tells what was written to the live one after it.</param>
internal sealed class RowComparer(DatabaseDoor replaced, DatabaseDoor live, string swapXid, int sessions)
{
    private static readonly TimeSpan _lockWait = TimeSpan.FromSeconds(10);

    // Rows handed on at a time: few enough to be held, many enough for one statement.
    private const int Batch = 200;

    /// <summary>On going back the left side is the one that was written to since its swap: that swap's transaction; null where nobody writes to it.</summary>
    public string? LeftXid { get; init; }

    /// <summary>The tables of the replaced database whose content isn't what the backup's manifest says.</summary>
    public async Task<(IReadOnlyList<TablePair> Changed, DatabaseDigest Digest)> ChangedAsync(Snapshots at, BackupManifest manifest, CancellationToken cancellationToken)
    {
        var scope = await DigestScope.ReadAsync(at.Replaced.Connection, cancellationToken);
        var digest = await new DigestReader(replaced) { Algorithm = DigestAlgorithm.Named(manifest.Content.Algorithm) }.ReadAsync(at.Replaced, scope, sessions, _lockWait, null, cancellationToken);
        var before = manifest.Content.Tables.ToDictionary(table => table.Table());
        var same = digest.Tables.Where(table => before.TryGetValue(table.Table(), out var was) && was.Rows == table.Rows && was.Digest == table.Digest).Select(table => table.Table()).ToHashSet();
        var shapes = await TableShape.ReadAsync(at.Replaced.Connection, cancellationToken);
        var others = await TableShape.ReadAsync(at.Live.Connection, cancellationToken);
        return ([.. shapes.Values.Where(shape => !same.Contains(shape.Name)).Select(shape => new TablePair(shape, others.GetValueOrDefault(shape.Name)))], digest);
    }

    /// <summary>The rows of the live table that are as the backup had them: fewer than the backup's, where some were changed or deleted after the swap.</summary>
    public Task<long> UntouchedAsync(Snapshots at, TablePair pair, CancellationToken cancellationToken) =>
        at.Live.Connection.ScalarAsync<long>($"select count(*) from only {pair.Name.Quoted} where not ({RowStream.Since(swapXid)})", cancellationToken);

    /// <summary>Walks through what differs.</summary>
    /// <param name="take">Gets the rows in batches, in the order of the key.</param>
    public async Task<TableDifference> CompareAsync(Snapshots at, TablePair pair, Func<IReadOnlyList<Difference>, Task>? take, CancellationToken cancellationToken)
    {
        await using var left = await SnapshotSession.JoinAsync(replaced, at.Replaced.Id, _lockWait, cancellationToken);
        await using var right = await SnapshotSession.JoinAsync(live, at.Live.Id, _lockWait, cancellationToken);
        // Both sides as tables of one shape: with the key only where it is one and the same.
        var shape = pair.SameKey || pair.Live is null ? pair.Replaced : pair.Replaced with { Key = [] };
        var batch = new List<Difference>(Batch);
        var counts = new Dictionary<DifferenceKind, long>();
        await foreach (var difference in RowMerge.DifferencesAsync(
            RowStream.ReadAsync(left.Connection, shape, pair.Columns, LeftXid, cancellationToken),
            pair.Live is null ? AsyncEnumerable.Empty<SideRow>() : RowStream.ReadAsync(right.Connection, shape, pair.LiveColumns, swapXid, cancellationToken), cancellationToken))
        {
            counts[difference.Kind] = counts.GetValueOrDefault(difference.Kind) + difference.Times;
            batch.Add(difference);
            if (batch.Count == Batch)
                await HandOnAsync();
        }
        await HandOnAsync();
        var both = counts.GetValueOrDefault(DifferenceKind.Both);
        return new TableDifference(pair.Name.Schema, pair.Name.Name)
        {
            New = counts.GetValueOrDefault(DifferenceKind.New),
            Changed = counts.GetValueOrDefault(DifferenceKind.Changed) + both,
            ChangedInBoth = both,
            Gone = counts.GetValueOrDefault(DifferenceKind.Gone),
        };

        async Task HandOnAsync()
        {
            if (take is not null && batch.Count > 0)
                await take(batch);
            batch.Clear();
        }
    }

    /// <summary>Snapshots of both, and sessions in them to look rows up with.</summary>
    /// <param name="pristine">A snapshot of the live one that was taken earlier, which is disposed of with the others; null takes one now.</param>
    public async Task<Snapshots> SnapshotsAsync(SnapshotSession? pristine, CancellationToken cancellationToken)
    {
        var now = pristine ?? await SnapshotSession.ExportAsync(live, _lockWait, cancellationToken);
        try
        {
            return new Snapshots(await SnapshotSession.ExportAsync(replaced, _lockWait, cancellationToken), now);
        }
        catch
        {
            await now.DisposeAsync();
            throw;
        }
    }
}

/// <summary>The two snapshots that are compared.</summary>
internal sealed record Snapshots(SnapshotSession Replaced, SnapshotSession Live) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Replaced.DisposeAsync();
        await Live.DisposeAsync();
    }
}
