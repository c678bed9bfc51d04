using System.Globalization;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Postgres;
using Upkeep.Postgres.Catalog;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Performance.Locks;

/// <summary><c>performance.locks</c>: locks by mode, and who blocks whom at the moment.</summary>
public sealed class LocksStep(DatabaseDoor database, Redactor redactor) : InspectStep<LocksSurvey>
{
    private const string LockCounts =
        """
        select l.locktype, l.mode, l.granted, pg_catalog.count(*) from pg_catalog.pg_locks l
        where l.pid is distinct from pg_catalog.pg_backend_pid()
          and not exists (select 1 from pg_catalog.pg_stat_activity a where a.pid = l.pid and a.application_name = $1)
        group by l.locktype, l.mode, l.granted order by 4 desc, 1, 2, 3
        """;

    public override StepDefinition Definition { get; } = new()
    {
        Id = "performance.locks",
        Title = "Locks, and who blocks whom",
        Kind = StepKind.Inspect,
        Priority = 6,
        Deadline = TimeSpan.FromMinutes(5),
    };

    public override async Task<Check<LocksSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var locks = await database.QueryAsync(LockCounts, reader => new LockCount(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetInt64(3)), cancellationToken, DatabaseDoor.ApplicationName);
        var survey = new LocksSurvey(locks, LockChains.Of(await SessionState.ReadAsync(database, cancellationToken)));
        Say(context, survey);
        await WriteAsync(context, survey, cancellationToken);
        var waiting = locks.Where(count => !count.Granted).Sum(count => count.Count);
        return Check.Looked(survey, string.Create(CultureInfo.InvariantCulture,
            $"{Counted.Of(locks.Sum(count => count.Count) - waiting, "lock")} held, {waiting} waited for; {(survey.Chains.Count == 0 ? "nobody blocks anybody" : $"{Counted.Of(survey.Chains.Count, "session")} {(survey.Chains.Count == 1 ? "blocks" : "block")} others")}"));
    }

    private static void Say(StepContext context, LocksSurvey survey)
    {
        foreach (var (mode, count) in survey.Locks.Where(count => count.Granted).AggregateBy(count => count.Mode, 0L, (sum, count) => sum + count.Count))
            context.Before("locks_held", count, "count", mode);
        context.Before("lock_waiters", survey.Chains.SelectMany(chain => chain.Waiters).Select(waiter => waiter.Session).Distinct().Count(), "count");
        foreach (var chain in survey.Chains)
            context.Raise(Severity.Warning, "lock-chain", string.Create(CultureInfo.InvariantCulture,
                $"{chain.Blocker}, {chain.BlockerState ?? "state not visible"}, keeps {chain.Waiters.Count} waiting: {string.Join(", ", chain.Waiters.Select(waiter => $"{new string('>', waiter.Depth)} {waiter.Session}"))}. It runs: {chain.BlockerQuery ?? "not visible"}"),
                null, "Whoever it belongs to should end its transaction; those behind it wait until then.");
    }

    private async Task WriteAsync(StepContext context, LocksSurvey survey, CancellationToken cancellationToken)
    {
        var csv = new Csv("kind", "mode", "granted", "locks");
        foreach (var count in survey.Locks)
            csv.Row(count.Kind, count.Mode, count.Granted, count.Count);
        await context.WriteCsvAsync("performance/locks.csv", csv, redactor, cancellationToken);
        await context.WriteJsonAsync("performance/lock-chains.json", survey.Chains, redactor, cancellationToken);
    }
}
