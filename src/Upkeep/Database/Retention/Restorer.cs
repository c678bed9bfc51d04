using Npgsql;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Database.Retention;

/// <summary>Puts one table's archived rows back and proves it by reading them again. Can be interrupted anywhere and called again.</summary>
internal sealed class Restorer(DatabaseDoor database, LeafEffect effect, StepContext context, TimeProvider time)
{
    // Rows of one transaction: enough to make its commit cheap, few enough to yield soon.
    private const long Group = 50_000;
    private const int Tries = 50;
    private static readonly TimeSpan _backoff = TimeSpan.FromMilliseconds(200);

    private readonly TableName _leaf = new(effect.Schema, effect.Name);

    public async Task<RestoreResult> RunAsync(CancellationToken cancellationToken)
    {
        Manifest manifest;
        string folder;
        try
        {
            (manifest, folder) = await Manifests.ReadAsync(context.Folder, effect, cancellationToken);
        }
        catch (InvalidDataException problem)
        {
            return new RestoreResult(_leaf.ToString(), 0, problem.Message, null);
        }
        if (await RestoreTarget.FindAsync(database, effect, manifest, cancellationToken) is not { } target)
            return new RestoreResult(_leaf.ToString(), 0, "the table is gone, or no longer has the columns that were archived", null);
        var ledger = await RestoreLedger.OpenAsync(context, effect.Key, database, time, cancellationToken);
        var unfinished = await PutBackAsync(manifest, folder, target, ledger, cancellationToken);
        return await ProveAsync(manifest, target, ledger, unfinished, cancellationToken);
    }

    private async Task<string?> PutBackAsync(Manifest manifest, string folder, RestoreTarget target, RestoreLedger ledger, CancellationToken cancellationToken)
    {
        // Last removed, first back: a row goes back before those that refer to it.
        var back = ledger.Back();
        var open = manifest.Segments.Where(segment => !back.Contains(segment.Number)).OrderByDescending(segment => segment.Number).ToList();
        for (var next = 0; next < open.Count;)
        {
            if (context.Stop.IsRequested)
                return $"stopped with {open.Count - next} of {manifest.Segments.Count} segments to go: {context.Stop.Reason}";
            var group = new List<Segment>();
            for (var rows = 0L; next < open.Count && rows < Group; rows += open[next++].Rows)
                group.Add(open[next]);
            if (await GroupAsync(folder, group, target, ledger, cancellationToken) is { } problem)
                return problem;
            context.Progress(ledger.Groups.Sum(done => done.Rows), manifest.Rows, "rows", _leaf.ToString());
        }
        return null;
    }

    private async Task<string?> GroupAsync(string folder, List<Segment> group, RestoreTarget target, RestoreLedger ledger, CancellationToken cancellationToken)
    {
        var besideOthers = false;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var session = await database.OpenAsync(cancellationToken);
                await session.ExecuteAsync($"begin isolation level read committed read write; {target.Quiet}", cancellationToken);
                var xid = (await session.ScalarAsync<string>("select pg_current_xact_id()::text", cancellationToken))!;
                var back = new RowDigest();
                foreach (var segment in group)
                    await target.CopyAsync(session, folder, segment, besideOthers, tally => back.Add(tally.Digest), cancellationToken);
                ledger.Say(ledger.Group(group, xid, back));
                await session.ExecuteAsync("commit", cancellationToken);
                return null;
            }
            catch (InvalidDataException problem)
            {
                return problem.Message;
            }
            catch (PostgresException problem) when (problem.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ExclusionViolation && !besideOthers)
            {
                besideOthers = true;
            }
            catch (PostgresException problem) when (problem.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected && attempt < Tries && !context.Stop.IsRequested)
            {
                await Task.Delay(_backoff, time, cancellationToken);
            }
            catch (PostgresException problem)
            {
                return $"the server refused segment {group[0].Number}: {problem.MessageText}";
            }
        }
    }

    private async Task<RestoreResult> ProveAsync(Manifest manifest, RestoreTarget target, RestoreLedger ledger, string? problem, CancellationToken cancellationToken)
    {
        var expected = new RowDigest();
        foreach (var group in ledger.Groups)
            expected.Add(group.Digest!, group.Rows);
        var conflicts = ledger.Groups.Sum(group => group.Conflicts);
        var found = await target.ReadAsync([.. ledger.Groups.Select(group => group.Xid!)], cancellationToken);
        if (problem is null && conflicts == 0 && (expected.Rows != manifest.Rows || expected.Hex != manifest.Digest))
            problem = $"{expected.Rows} rows were put back, which are not the {manifest.Rows} of the archive";
        if (problem is null && (found.Rows != expected.Rows || found.Hex != expected.Hex))
            problem = $"{Counting.Number(found.Rows)} of the {Counting.Number(expected.Rows)} rows put back are in the table as they were; others were changed since, or by a trigger";
        if (problem is null && conflicts > 0)
            problem = $"{Counting.Number(conflicts)} rows stay in the archive because other rows have their keys now";
        return new RestoreResult(_leaf.ToString(), found.Rows, problem, target.Note);
    }
}
