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
        return await new RestoreProof(manifest, folder, target, ledger).OfAsync(unfinished, cancellationToken);
    }

    private async Task<string?> PutBackAsync(Manifest manifest, string folder, RestoreTarget target, RestoreLedger ledger, CancellationToken cancellationToken)
    {
        // Rows that found their key taken come first: what is still open may refer to them.
        foreach (var left in ledger.Left().Where(left => left.Rows is not null).Reverse())
        {
            if (context.Stop.IsRequested)
                return $"stopped before {Counted.Of(left.Count, "row")} of segment {left.Segment} could be tried again: {context.Stop.Reason}";
            if (await GroupAsync(folder, [manifest.Segments.Single(segment => segment.Number == left.Segment)], left.Rows, target, ledger, cancellationToken) is { } problem)
                return problem;
        }
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
            if (await GroupAsync(folder, group, null, target, ledger, cancellationToken) is { } problem)
                return problem;
            context.Progress(ledger.Groups.Sum(done => done.Rows), manifest.Rows, "rows", _leaf.ToString());
        }
        return null;
    }

    /// <param name="only">Rows of the one segment that are to be tried again; null for a first try of whole segments.</param>
    private async Task<string?> GroupAsync(string folder, List<Segment> group, IReadOnlyList<RowRange>? only, RestoreTarget target, RestoreLedger ledger, CancellationToken cancellationToken)
    {
        var besideOthers = only is not null;
        var told = ledger.Groups.Count;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // A commit that the server refused: a constraint may be looked at as late as that.
                if (ledger.Groups.Count > told)
                    ledger.ForgetLast();
                await using var session = await database.OpenAsync(cancellationToken);
                await session.ExecuteAsync($"begin isolation level read committed read write; {target.Quiet}", cancellationToken);
                var xid = (await session.ScalarAsync<string>("select pg_current_xact_id()::text", cancellationToken))!;
                var (back, left) = await CopyAsync(session, folder, group, besideOthers, only, target, cancellationToken);
                if (only is not null && back.Rows == 0)
                    return null;
                ledger.Say(group, xid, back, left);
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

    private static async Task<(RowDigest Back, IReadOnlyList<LeftRows> Left)> CopyAsync(NpgsqlConnection session, string folder, List<Segment> group, bool besideOthers,
        IReadOnlyList<RowRange>? only, RestoreTarget target, CancellationToken cancellationToken)
    {
        var back = new RowDigest();
        var stay = new List<LeftRows>();
        foreach (var segment in group)
        {
            if (besideOthers)
            {
                var (some, left) = await target.CopyBesideOthersAsync(session, folder, segment, only, cancellationToken);
                back.Add(some);
                if (left.Count > 0)
                    stay.Add(left);
            }
            else
            {
                back.Add(await target.CopyAsync(session, folder, segment, cancellationToken));
            }
        }
        return (back, stay);
    }
}
