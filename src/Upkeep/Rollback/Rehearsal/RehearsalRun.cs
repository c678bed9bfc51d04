using System.Globalization;
using Upkeep.Backups;
using Upkeep.Backups.Restoring;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Postgres.Digests;
using Upkeep.Rollback.Full;
using Upkeep.Rollback.Rows;
using Upkeep.Rollback.Swapping;
using Upkeep.Running;

namespace Upkeep.Rollback.Rehearsal;

/// <summary>
/// The same swap, comparison, carry-over and way back as a full rollback, by the same code, on a scratch server: a copy of the restored database
/// stands in for the live one, with some writes and a client in it.
/// </summary>
internal sealed class RehearsalRun(RestoredCopy copy, BackupManifest manifest, UpkeepConfiguration configuration, StepContext context, TimeProvider time)
{
    private static readonly TimeSpan _lockWait = TimeSpan.FromSeconds(10);

    private readonly Phases _phases = new(context, time);
    private readonly List<string> _problems = [];

    public async Task<RehearsalSurvey> RunAsync(CancellationToken cancellationToken)
    {
        await using var doors = new RollbackDoors(copy.Door, copy.Database == "postgres" ? "template1" : "postgres");
        var order = await _phases.RunAsync("make a stand-in", "stand-in made", () => StandInAsync(doors, cancellationToken));
        var planted = await new StandIn(doors.To(doors.Name)).PlantAsync(cancellationToken);
        await using var client = await RehearsalClient.StartAsync(copy.Door, time, cancellationToken);
        var swapper = new Swapper(doors, time);
        var (swapped, problem) = await _phases.RunAsync("swap", "swapped", () => swapper.SwapAsync(order, static _ => { }, cancellationToken));
        if (swapped is null)
            return Survey(null, null, planted, $"the swap: {problem!.What}");
        await client.AnsweredAsync(cancellationToken);
        await _phases.RunAsync("prove the restored", "proven", () => ProveAsync(doors, cancellationToken));
        var standIn = await RowsAsync(doors, order, swapped.Xid, planted, cancellationToken);

        var names = await DatabaseNames.ReadAsync(doors.Maintenance, cancellationToken);
        var back = new SwapOrder(order.Name, order.Coming, names.Free(order.Name, "restored", default), order.Leaving, order.Aside);
        var (returned, unreturned) = await _phases.RunAsync("go back", "gone back", () => swapper.SwapAsync(back, static _ => { }, cancellationToken));
        if (returned is null)
            return Survey(swapped, client, planted, $"going back: {unreturned!.What}");
        await client.AnsweredAsync(cancellationToken);
        await _phases.RunAsync("prove the replaced", "proven again", () => ProveBackAsync(doors, standIn, cancellationToken));
        return Survey(swapped, client, planted, null);
    }

    private RehearsalSurvey Survey(Swapped? swapped, RehearsalClient? client, Planted planted, string? problem) =>
        new(manifest.Name, swapped?.Downtime.TotalMilliseconds, client?.LongestGap.TotalMilliseconds,
            [.. new[] { planted.New is null ? "a new row" : null, planted.Changed is null ? "a changed row" : null, planted.Gone is null ? "a deleted row" : null }.OfType<string>()],
            problem is null ? _problems : [.. _problems, problem], _phases.Summary);

    private static async Task<SwapOrder> StandInAsync(RollbackDoors doors, CancellationToken cancellationToken)
    {
        var restored = (await DatabaseNames.ReadAsync(doors.Maintenance, cancellationToken)).Free(doors.Name, "restoring", default);
        doors.LeaveAll();
        await using (var session = await doors.Maintenance.OpenAsync(cancellationToken))
        {
            // Whoever restored and proved the copy may have left idle sessions in it; on a server of our own they are ours to end.
            await session.ScalarAsync<long>("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1 and usesysid is not null", cancellationToken, doors.Name);
            await session.ExecuteAsync($"alter database {Sql.Identifier(doors.Name)} rename to {Sql.Identifier(restored)}", cancellationToken);
            // A copy of files takes no room in the log; the strategy came with 15, and before it was the only one.
            var strategy = session.PostgreSqlVersion.Major >= 15 ? " strategy file_copy" : "";
            await session.ExecuteAsync($"create database {Sql.Identifier(doors.Name)} template {Sql.Identifier(restored)}{strategy}", cancellationToken);
        }
        var names = await DatabaseNames.ReadAsync(doors.Maintenance, cancellationToken);
        return new SwapOrder(doors.Name, names.Of(doors.Name)!.Value, names.Free(doors.Name, "replaced", default), names.Of(restored)!.Value, restored);
    }

    private async Task<bool> ProveAsync(RollbackDoors doors, CancellationToken cancellationToken)
    {
        var found = await new DigestReader(doors.To(doors.Name)).OfDatabaseAsync(manifest.Content.Algorithm, configuration.Backup.Jobs, _lockWait, null, cancellationToken);
        _problems.AddRange(DigestComparison.Of(manifest.Content, found).Take(5).Select(difference => $"after the swap: {difference}"));
        return true;
    }

    private async Task<bool> ProveBackAsync(RollbackDoors doors, DatabaseDigest standIn, CancellationToken cancellationToken)
    {
        var found = await new DigestReader(doors.To(doors.Name)).OfDatabaseAsync(standIn.Algorithm, configuration.Backup.Jobs, _lockWait, null, cancellationToken);
        _problems.AddRange(DigestComparison.Of(standIn, found).Take(5).Select(difference => $"after going back: {difference}"));
        return true;
    }

    /// <summary>Looks for the planted rows, exactly, and carries the new one over.</summary>
    private async Task<DatabaseDigest> RowsAsync(RollbackDoors doors, SwapOrder order, string xid, Planted planted, CancellationToken cancellationToken)
    {
        var comparer = new RowComparer(doors.To(order.Aside), doors.To(order.Name), xid, configuration.Backup.Jobs);
        DatabaseDigest digest;
        IReadOnlyList<TablePair> changed;
        await using (var at = await comparer.SnapshotsAsync(null, cancellationToken))
        {
            (changed, digest) = await _phases.RunAsync("find what was written", "differences found", () => comparer.ChangedAsync(at, manifest, cancellationToken));
            var reader = at.Replaced.Connection;
            var carrier = new RowCarrier(reader, doors.To(order.Name), xid);
            await _phases.RunAsync("carry over", "carried over", async () =>
            {
                foreach (var pair in await TableOrder.SortAsync(at.Live.Connection, changed, cancellationToken))
                    Expect(await comparer.CompareAsync(at, pair, rows => carrier.TakeAsync(pair.Live!, rows, CarryOver.New, cancellationToken), cancellationToken), planted);
                await carrier.EndAsync(cancellationToken);
                return true;
            });
            if (carrier.Inserted != (planted.New is null ? 0 : 1))
                _problems.Add(string.Create(CultureInfo.InvariantCulture, $"{carrier.Inserted} rows were carried over where 1 was written: {string.Join("; ", carrier.Conflicts.Take(3).Select(conflict => conflict.Why))}"));
        }
        foreach (var missing in new[] { planted.New, planted.Changed, planted.Gone }.OfType<TableName>().Distinct().Where(table => changed.All(pair => pair.Name != table)))
            _problems.Add($"what was written to {missing} was not found");
        return digest;
    }

    private void Expect(TableDifference found, Planted planted)
    {
        var table = found.Table();
        if ((found.New, found.Changed, found.Gone) != (planted.Of(table, DifferenceKind.New), planted.Of(table, DifferenceKind.Changed), planted.Of(table, DifferenceKind.Gone)))
            _problems.Add(string.Create(CultureInfo.InvariantCulture, $"{table}: found {found.New} new, {found.Changed} changed and {found.Gone} deleted rows, which isn't what was written"));
    }
}
