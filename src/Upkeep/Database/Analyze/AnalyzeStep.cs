using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Postgres;
using Upkeep.Postgres.Catalog;
using Upkeep.Postgres.Load;
using Upkeep.Running;

namespace Upkeep.Database.Analyze;

/// <summary>
/// Fresh planner statistics for every table in scope, partitioned parents too. After the vacuum and on its own, not as VACUUM (ANALYZE):
/// that would save reading a sample of the vacuumed tables twice, and leave the tables that aren't due for a vacuum to be done here anyway.
/// </summary>
public sealed class AnalyzeStep(DatabaseDoor database, VacuumSettings settings, ThrottleSettings throttle, TimeProvider time)
    : ChangeStep<AnalyzeSurvey, AnalyzeEffect>
{
    private const string NoWayBack = "Statistics are replaced by fresher ones: there is nothing to put back.";
    // Since then ANALYZE of a parent can leave its partitions to statements of their own.
    private const int OnlyExists = 18;

    // Before, the server keeps no time of last analyze for a partitioned parent.
    private const int ParentsAreTimed = 14;

    public override StepDefinition Definition { get; } = new()
    {
        Id = "database.analyze",
        Title = "Fresh planner statistics",
        Kind = StepKind.Change,
        Requires = ["preparation.backup"],
        After = ["database.retention", "database.sessions", "database.vacuum"],
        Priority = 3,
        Deadline = TimeSpan.FromHours(1),
    };

    public override async Task<Check<AnalyzeSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        var tables = await TableCatalog.TablesAsync(database, cancellationToken);
        var at = await database.ScalarAsync<DateTime>("select clock_timestamp()", cancellationToken);
        var ours = tables.Where(table => table.CanMaintain).ToList();
        if (ours.Count == 0 && tables.Count > 0)
            return Check.Skipped<AnalyzeSurvey>($"the role owns none of the {tables.Count} tables, and so may not analyze them", MaintenanceRights.Grant);
        if (ours.Count < tables.Count)
        {
            context.Raise(Severity.Warning, "analyze-not-allowed",
                $"The role may not analyze {tables.Count - ours.Count} of {tables.Count} tables: {string.Join(", ", tables.Where(table => !table.CanMaintain).Take(10).Select(table => table.Table))}.", null, MaintenanceRights.Grant);
        }
        var survey = new AnalyzeSurvey(new DateTimeOffset(at, TimeSpan.Zero), [.. ours.Select(table =>
            new AnalyzedTable(table.Oid, table.Schema, table.Name, table.Kind == "partitioned", table.IsPartition, table.ModifiedSinceAnalyze))]);
        context.Before("modified_since_analyze", ours.Sum(table => table.ModifiedSinceAnalyze), "rows");
        context.Before("never_analyzed", ours.Count(table => table.LastAnalyze is null), "count");
        return ours.Count == 0
            ? Check.NothingToDo(survey, "there are no tables")
            : Check.Due(survey, string.Create(CultureInfo.InvariantCulture, $"would analyze {Counted.Of(ours.Count, "table")}, {ours.Sum(table => table.ModifiedSinceAnalyze):N0} rows changed since their last analyze"));
    }

    public override async Task<Act<AnalyzeEffect>> ActAsync(AnalyzeSurvey survey, StepContext context, CancellationToken cancellationToken)
    {
        await using var probe = new LoadProbe(database, time);
        using var gentle = new Throttle(throttle, probe.SampleAsync, time);
        var progress = 0;
        var queue = new TableQueue(database, settings.Parallel, time, token => gentle.PassAsync(context.Stop, token)) { LeavesCheckpoints = false };
        QueuedTable Queued(AnalyzedTable table, bool alone) => new(table.Oid, table.Table(), async (connection, token) =>
        {
            await connection.ExecuteAsync($"analyze {(alone ? "only " : "")}{table.Table().Quoted}", token);
            context.Progress(Interlocked.Increment(ref progress), survey.Tables.Count, "tables", table.Table().ToString());
        });

        var major = await MajorAsync(cancellationToken);
        var only = major >= OnlyExists;
        // Up to 17 a parent's statement does its partitions too; doing them again would read everything twice.
        var first = await StaleAsync(survey, table => only || !table.IsPartition, cancellationToken);
        var result = await queue.RunAsync([.. first.Select(table => Queued(table, only))], context, cancellationToken);
        if (result is { Lost: null, Stopped: null })
        {
            // Partitions whose parent was locked, or lies in a schema that isn't ours to maintain.
            var tried = result.Outcomes.Where(outcome => outcome.End != TableEnd.Done).Select(outcome => outcome.Oid).ToHashSet();
            var second = await StaleAsync(survey, table => !tried.Contains(table.Oid) && (!table.IsParent || major >= ParentsAreTimed), cancellationToken);
            result = await queue.RunAsync([.. second.Select(table => Queued(table, only))], context, cancellationToken);
        }
        return result.Of(new AnalyzeEffect(result.Outcomes), "analyzed", NoWayBack);
    }

    public override async Task<Proof> VerifyAsync(AnalyzeSurvey survey, AnalyzeEffect effect, StepContext context, CancellationToken cancellationToken)
    {
        var parentsAreTimed = await MajorAsync(cancellationToken) >= ParentsAreTimed;
        var passedOver = effect.Tables.Where(table => table.End != TableEnd.Done).Select(table => table.Oid).ToHashSet();
        var expected = survey.Tables.Where(table => !passedOver.Contains(table.Oid) && (parentsAreTimed || !table.IsParent)).Select(table => table.Oid).ToHashSet();
        var after = await FreshStatistics.OfAsync(database, expected, state => state.LastAnalyze >= survey.At, time, cancellationToken);
        var stale = after.Where(state => !(state.LastAnalyze >= survey.At)).Select(state => state.Table.ToString()).ToList();
        context.After("modified_since_analyze", after.Sum(state => state.ModifiedSinceAnalyze), "rows");
        context.After("never_analyzed", after.Count(state => state.LastAnalyze is null), "count");
        if (stale.Count > 0)
            return Proof.Missing($"the server has no analyze of {string.Join(", ", stale.Take(5))} since {survey.At:u}", "Look at the server's log; check track_counts is on and the role may analyze.");
        return effect.Tables.FirstOrDefault(table => table.End == TableEnd.Failed) is { } failed
            ? Proof.Missing($"{failed.Table()} could not be analyzed: {failed.Why}", "See the findings of this step.")
            : Proof.That($"the last analyze of each of {after.Count} tables is after the step's start");
    }

    public override Task<Proof> UndoAsync(AnalyzeEffect effect, StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(Proof.Missing("An analyze can't be undone.", NoWayBack));

    // What the server itself says is not done yet: after an interruption, and after parents have done their partitions.
    private async Task<IReadOnlyList<AnalyzedTable>> StaleAsync(AnalyzeSurvey survey, Func<AnalyzedTable, bool> wanted, CancellationToken cancellationToken)
    {
        var now = (await TableCatalog.TablesAsync(database, cancellationToken)).ToDictionary(state => state.Oid, state => state.LastAnalyze);
        return [.. survey.Tables.Where(table => wanted(table) && !(now.GetValueOrDefault(table.Oid) >= survey.At))];
    }

    private async Task<int> MajorAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return connection.PostgreSqlVersion.Major;
    }
}
