using System.Collections.Concurrent;
using Npgsql;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Database;

/// <summary>One table to work on.</summary>
/// <param name="Work">Runs on a session of its own, outside any transaction.</param>
internal sealed record QueuedTable(long Oid, TableName Name, Func<NpgsqlConnection, CancellationToken, Task> Work);

/// <summary>
/// Works tables off in order, several at a time, each on a session of its own. A table that can't be locked within the budget, was
/// dropped, or that the server refuses is told and passed over; a table that is done leaves a checkpoint.
/// </summary>
/// <param name="pass">Asked before each table; null to go on, or why to stop (the throttle).</param>
internal sealed class TableQueue(DatabaseDoor database, int parallel, TimeProvider time, Func<CancellationToken, Task<string?>> pass)
{
    private readonly ConcurrentQueue<TableOutcome> _outcomes = new();
    private string? _lost;
    private string? _stopped;

    /// <summary>Whether a finished table leaves a checkpoint. Not where the server itself says which are done.</summary>
    public bool LeavesCheckpoints { get; init; } = true;

    public async Task<QueueResult> RunAsync(IReadOnlyList<QueuedTable> tables, StepContext context, CancellationToken cancellationToken)
    {
        var before = context.Checkpoints<TableOutcome>().Where(outcome => outcome.End == TableEnd.Done).ToList();
        var waiting = new ConcurrentQueue<QueuedTable>(tables.ExceptBy(before.Select(outcome => outcome.Oid), table => table.Oid));
        await Task.WhenAll(Enumerable.Range(0, Math.Clamp(parallel, 1, Math.Max(1, waiting.Count)))
            .Select(_ => WorkAsync(waiting, context, cancellationToken)));
        return new QueueResult([.. before, .. _outcomes], _lost, waiting.IsEmpty ? null : _stopped);
    }

    private async Task WorkAsync(ConcurrentQueue<QueuedTable> waiting, StepContext context, CancellationToken cancellationToken)
    {
        while (_lost is null && _stopped is null && !waiting.IsEmpty)
        {
            if (context.Stop.IsRequested)
                _stopped = context.Stop.Reason;
            else if (await pass(cancellationToken) is { } busy)
                _stopped = busy;
            else if (waiting.TryDequeue(out var table))
                await OneAsync(table, context, cancellationToken);
        }
    }

    private async Task OneAsync(QueuedTable table, StepContext context, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            // The door's timeout is for looks; this work takes as long as the table is large, and has the step's deadline.
            await connection.ExecuteAsync("set statement_timeout = 0", cancellationToken);
            await table.Work(connection, cancellationToken);
            var done = TableOutcome.Of(table.Oid, table.Name, TableEnd.Done, null, time.GetElapsedTime(started));
            if (LeavesCheckpoints)
                context.Checkpoint(done);
            _outcomes.Enqueue(done);
        }
        catch (NpgsqlException problem) when (!cancellationToken.IsCancellationRequested && TableOutcome.Read(problem) is { } end)
        {
            _outcomes.Enqueue(TableOutcome.Of(table.Oid, table.Name, end, problem.Message, time.GetElapsedTime(started)));
            await TellAsync(table, end, problem, context, cancellationToken);
        }
        catch (NpgsqlException problem) when (!cancellationToken.IsCancellationRequested)
        {
            _lost = $"the server went away while {table.Name} was worked on: {problem.Message}";
        }
    }

    private async Task TellAsync(QueuedTable table, TableEnd end, NpgsqlException problem, StepContext context, CancellationToken cancellationToken)
    {
        switch (end)
        {
            case TableEnd.Dropped:
                context.Raise(Severity.Info, "table-dropped", $"{table.Name} was dropped or renamed meanwhile.", table.Name.ToString());
                break;
            case TableEnd.Locked:
                await TellLockedAsync(table, context, cancellationToken);
                break;
            default:
                context.Raise(Severity.Critical, "table-failed", $"{table.Name}: {((problem as PostgresException)?.MessageText ?? problem.Message).TrimEnd('.')}.", table.Name.ToString(),
                    "Look at the server's log. If it speaks of damage, don't write to the table: restore it from the backup.");
                break;
        }
    }

    private async Task TellLockedAsync(QueuedTable table, StepContext context, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var holders = await LockHolders.OfAsync(connection, (uint)table.Oid, LockHolders.AgainstMaintenance, cancellationToken);
        var budget = $"{database.Settings.LockTimeout.TotalMilliseconds:0} ms";
        if (holders is [{ IsAutovacuum: true }, ..])
        {
            context.Raise(Severity.Info, "table-locked", $"{table.Name} was left alone: autovacuum is at work on it.", table.Name.ToString());
            return;
        }
        context.Raise(Severity.Warning, "table-locked",
            $"{table.Name} could not be locked within {budget} and was left alone: {Who(holders, table.Name)}.", table.Name.ToString(),
            "It comes first next time. If that session is stuck, ask its owner, or end it: select pg_terminate_backend(pid).");
    }

    private static string Who(IReadOnlyList<LockHolder> holders, TableName table) => holders switch
    {
        [] => "whoever held it is gone by now",
        [var first, ..] when first.Table != table => $"{first} on its partition {first.Table}",
        [var first, ..] => first.ToString(),
    };
}
