using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Postgres;
using Upkeep.Postgres.Catalog;
using Upkeep.Postgres.Load;
using Upkeep.Running;

namespace Upkeep.Database.Vacuum;

/// <summary>Dead rows reclaimed, visibility map and freezing kept healthy: worst table first, each on a session of its own, never in a transaction.</summary>
public sealed class VacuumStep(DatabaseDoor database, VacuumSettings settings, ThrottleSettings throttle, TimeProvider time)
    : ChangeStep<VacuumSurvey, VacuumEffect>
{
    private const string NoWayBack = "A vacuum removes only row versions that nobody can see any more: there is nothing to put back.";

    public override StepDefinition Definition { get; } = new()
    {
        Id = "database.vacuum",
        Title = "Dead rows reclaimed",
        Kind = StepKind.Change,
        Requires = ["preparation.backup"],
        After = ["database.retention", "database.sessions"],
        Priority = 3,
        Deadline = TimeSpan.FromHours(2),
    };

    public override async Task<Check<VacuumSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        var tables = await TableCatalog.TablesAsync(database, cancellationToken);
        var toast = await database.QueryAsync(Sql.File("Database/Vacuum/toast.sql"), row => (Oid: row.GetInt64(0), Dead: row.GetInt64(1)), cancellationToken);
        var forced = await database.ScalarAsync<long>("select current_setting('autovacuum_freeze_max_age')::bigint", cancellationToken);
        var at = await database.ScalarAsync<DateTime>("select clock_timestamp()", cancellationToken);
        var due = VacuumRule.Due(tables, toast.ToDictionary(one => one.Oid, one => one.Dead), settings, forced);
        var may = tables.Where(table => table.CanMaintain).Select(table => table.Oid).ToHashSet();
        var ours = due.Where(table => may.Contains(table.Oid)).ToList();
        if (ours.Count == 0 && due.Count > 0)
            return Check.Skipped<VacuumSurvey>($"the role owns none of the {due.Count} tables that are due, and so may not vacuum them", MaintenanceRights.Grant);
        TellForeign([.. due.Where(table => !may.Contains(table.Oid))], context);
        foreach (var table in ours)
        {
            context.Before("dead_rows", table.DeadRows, "rows", table.Table().ToString());
            context.Before("frozen_id_age", table.FrozenIdAge, "count", table.Table().ToString());
        }
        var survey = new VacuumSurvey(new DateTimeOffset(at, TimeSpan.Zero), tables.Count, ours);
        return ours.Count == 0
            ? Check.NothingToDo(survey, $"none of {tables.Count} tables is due")
            : Check.Due(survey, $"would vacuum {ours.Count} of {tables.Count} tables, first {ours[0].Table()}: {ours[0].Reason}");
    }

    public override async Task<Act<VacuumEffect>> ActAsync(VacuumSurvey survey, StepContext context, CancellationToken cancellationToken)
    {
        await using var probe = new LoadProbe(database, time);
        int? neighbours = null;
        using var gentle = new Throttle(throttle, async token =>
        {
            var sample = await probe.SampleAsync(token);
            neighbours = sample.Neighbours;
            return sample;
        }, time);
        var sessions = Math.Clamp(settings.Parallel, 1, Math.Max(1, survey.Due.Count));
        await using var watch = new VacuumWatch(database, survey.Due, context, time);
        var queue = new TableQueue(database, sessions, time, token => gentle.PassAsync(context.Stop, token));
        var result = await queue.RunAsync([.. survey.Due.Select(table => new QueuedTable(table.Oid, table.Table(), async (connection, token) =>
        {
            // Where others can't be seen, they are taken to be there.
            var statement = new VacuumStatement(connection.PostgreSqlVersion.Major, throttle.Enabled && neighbours is null or > 0, sessions, settings.FreezeAge);
            await connection.ExecuteAsync(statement.Settings(table), token);
            await connection.ExecuteAsync(statement.Text(table.Table()), token);
            watch.Finished(table);
        }))], context, cancellationToken);
        if (result.Lost is null)
            await CloseAsync(cancellationToken);
        return result.Of(new VacuumEffect(result.Outcomes), "vacuumed", NoWayBack);
    }

    public override async Task<Proof> VerifyAsync(VacuumSurvey survey, VacuumEffect effect, StepContext context, CancellationToken cancellationToken)
    {
        var done = effect.Tables.Where(table => table.End == TableEnd.Done).Select(table => table.Oid).ToHashSet();
        var after = await FreshStatistics.OfAsync(database, done, state => state.LastVacuum >= survey.At, time, cancellationToken);
        var unproven = after.Where(state => !(state.LastVacuum >= survey.At)).Select(state => state.Table.ToString()).ToList();
        if (unproven.Count > 0)
            return Proof.Missing($"the server has no vacuum of {string.Join(", ", unproven.Take(5))} since {survey.At:u}", "Look at the server's log; check track_counts is on and the role may vacuum.");

        var toast = (await database.QueryAsync(Sql.File("Database/Vacuum/toast.sql"), row => (Oid: row.GetInt64(0), Dead: row.GetInt64(1)), cancellationToken)).ToDictionary(one => one.Oid, one => one.Dead);
        var before = survey.Due.ToDictionary(table => table.Oid);
        foreach (var state in after)
        {
            var dead = state.DeadRows + toast.GetValueOrDefault(state.Oid);
            context.After("dead_rows", dead, "rows", state.Table.ToString());
            context.After("frozen_id_age", Math.Max(state.FrozenIdAge, state.MultixactAge), "count", state.Table.ToString());
            await TellHeldBackAsync(state.Table, before[state.Oid], dead, Math.Max(state.FrozenIdAge, state.MultixactAge), context, cancellationToken);
        }
        return effect.Tables.FirstOrDefault(table => table.End == TableEnd.Failed) is { } failed
            ? Proof.Missing($"{failed.Table()} could not be vacuumed: {failed.Why}", "See the findings of this step.")
            : Proof.That($"the server's own statistics show a vacuum of each of the {after.Count} since the step began");
    }

    public override Task<Proof> UndoAsync(VacuumEffect effect, StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(Proof.Missing("A vacuum can't be undone.", NoWayBack));

    private static void TellForeign(IReadOnlyList<DueTable> foreign, StepContext context)
    {
        if (foreign.Count > 0)
        {
            context.Raise(Severity.Warning, "vacuum-not-allowed",
                $"{Counted.Of(foreign.Count, "table is", "tables are")} due and the role may not vacuum them: {string.Join(", ", foreign.Take(10).Select(table => table.Table()))}.", null, MaintenanceRights.Grant);
        }
    }

    private async Task CloseAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        if (VacuumStatement.Closing(connection.PostgreSqlVersion.Major) is { } closing)
            await connection.ExecuteAsync(closing, cancellationToken);
    }

    // A vacuum that leaves most of the dead rows, or the age, did what it could: somebody still needs to see them.
    private async Task TellHeldBackAsync(TableName table, DueTable before, long dead, long age, StepContext context, CancellationToken cancellationToken)
    {
        var rowsStay = dead >= Math.Max(1, settings.DeadRows) && dead > before.DeadRows / 2;
        var ageStays = before.Freeze && age >= settings.FreezeAge;
        if (!rowsStay && !ageStays)
            return;
        var holders = await database.QueryAsync(Sql.File("Database/Vacuum/holders.sql"), row => row.GetString(0), cancellationToken);
        var what = rowsStay ? string.Create(CultureInfo.InvariantCulture, $"keeps {dead:N0} dead rows") : string.Create(CultureInfo.InvariantCulture, $"keeps ids {age:N0} transactions old");
        context.Raise(Severity.Warning, "dead-rows-held", $"{table} {what} that no vacuum can remove yet: {(holders.Count > 0 ? holders[0] : "whoever needed them is gone by now or can't be seen by this role")}.",
            table.ToString(), "End what holds them (commit or end the session, drop an unused slot, commit or roll back the prepared transaction), then: upkeep run --only database.vacuum");
    }
}
