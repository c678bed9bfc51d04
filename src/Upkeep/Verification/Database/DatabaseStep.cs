using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Postgres;
using Upkeep.Postgres.Catalog;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Verification.Database;

/// <summary>What the step saw, small: the full states are in its artifacts.</summary>
public sealed record DatabaseComparison(DateTimeOffset? BaselineAt, DateTimeOffset At, bool CountersWereReset, int Tables, IReadOnlyList<StatementDelta> Costliest);

/// <summary><c>verification.database</c>: tables and statements against <c>preparation.baseline</c>.</summary>
public sealed class DatabaseStep(UpkeepConfiguration configuration, DatabaseDoor database, Redactor redactor) : InspectStep<DatabaseComparison>
{
    public override StepDefinition Definition { get; } = new()
    {
        Id = "verification.database",
        Title = "Tables and statements after the work",
        Kind = StepKind.Verify,
        Priority = 2,
        RunsAfterStop = true,
        Deadline = TimeSpan.FromMinutes(15),
    };

    public override async Task<Check<DatabaseComparison>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var now = await DatabaseSnapshot.ReadAsync(database, cancellationToken);
        var before = context.SurveyOf<DatabaseSnapshot>("preparation.baseline");
        if (before is null)
            context.Raise(Severity.Info, "comparison-not-checked", "Not checked: the change of tables and statements, because preparation.baseline did not look in this run.", null, "Run both steps together.");
        var reset = before is not null && (before.State.StatisticsReset != now.State.StatisticsReset || now.State.StartedAt > before.State.At);
        if (reset)
            context.Raise(Severity.Info, "counters-reset", "The server was restarted or its counters were reset since the baseline: dead rows of before and after don't compare.");
        TableComparison.Say(context, before, now);
        context.Raise(DeadRowFindings.Of(now.Tables, configuration.Vacuum, context.Facts));
        await context.WriteCsvAsync("verification/tables.csv", TableComparison.Table(before, now), redactor, cancellationToken);
        var statements = before is null ? null : StatementDeltas.Of(before.Statements, now.Statements);
        var texts = await TextsAsync(statements, cancellationToken);
        if (statements is not null)
            await SayAsync(context, statements, texts, cancellationToken);
        var survey = new DatabaseComparison(before?.State.At, now.State.At, reset, now.Tables.Count, [.. (statements?.Deltas ?? []).Take(StatementFindings.Listed)]);
        return Check.Looked(survey, Summary(before, now, statements));
    }

    private Task<IReadOnlyDictionary<long, string>> TextsAsync(StatementComparison? statements, CancellationToken cancellationToken) =>
        StatementCatalog.TextsAsync(database, [.. StatementFindings.Told(statements, configuration).Select(delta => delta.QueryId).Distinct()], StatementFindings.TextLength, cancellationToken);

    private async Task SayAsync(StepContext context, StatementComparison statements, IReadOnlyDictionary<long, string> texts, CancellationToken cancellationToken)
    {
        context.Raise(StatementFindings.Of(statements, texts, configuration));
        if (statements.NotChecked is not null)
            return;
        var csv = new Csv("query_id", "calls_since_baseline", "total_ms", "mean_ms", "mean_before_ms", "standard_errors_apart", "statement");
        foreach (var delta in StatementFindings.Told(statements, configuration))
            csv.Row(delta.QueryId, delta.Calls, delta.TotalMs, delta.MeanMs, delta.MeanBeforeMs, delta.StandardErrors, texts.GetValueOrDefault(delta.QueryId));
        await context.WriteCsvAsync("verification/statements.csv", csv, redactor, cancellationToken);
    }

    private static string Summary(DatabaseSnapshot? before, DatabaseSnapshot now, StatementComparison? statements)
    {
        var dead = now.Tables.Sum(table => table.DeadRows);
        return before is null
            ? string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(now.Tables.Count, "table")} with {Counted.Of(dead, "dead row")}; not compared")
            : string.Create(CultureInfo.InvariantCulture, $"dead rows {before.Tables.Sum(table => table.DeadRows):N0} before, {dead:N0} after; {(statements!.NotChecked is null ? $"{Counted.Of(statements.Deltas.Count, "statement")} ran since" : "statements not checked")}");
    }
}
