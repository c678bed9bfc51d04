using System.Globalization;
using Upkeep.Planning;
using Upkeep.Postgres;
using Upkeep.Postgres.Catalog;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Preparation.Baseline;

/// <summary><c>preparation.baseline</c>: tables, indexes and statements as they are before the work.</summary>
public sealed class BaselineStep(DatabaseDoor database, Redactor redactor) : InspectStep<DatabaseSnapshot>
{
    private const int TablesMeasured = 20;

    public override StepDefinition Definition { get; } = new()
    {
        Id = "preparation.baseline",
        Title = "Tables, indexes and statements before the work",
        Kind = StepKind.Inspect,
        Priority = 2,
        BeforeWindow = true,
        Deadline = TimeSpan.FromMinutes(15),
    };

    public override async Task<Check<DatabaseSnapshot>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var snapshot = await DatabaseSnapshot.ReadAsync(database, cancellationToken);
        var indexes = await TableCatalog.IndexesAsync(database, cancellationToken);
        Measure(context, snapshot, indexes);
        context.Raise(BaselineFindings.Of(snapshot));
        await WriteAsync(context, snapshot, indexes, cancellationToken);
        return Check.Looked(snapshot, string.Create(CultureInfo.InvariantCulture,
            $"{Counted.Of(snapshot.Tables.Count + snapshot.TablesLeftOut, "table")} and {Counted.Of(indexes.Count, "index", "indexes")}; {Counted.Of(snapshot.Tables.Sum(table => table.DeadRows), "dead row")}; {Statements(snapshot.Statements)}"));
    }

    private static string Statements(StatementLook look) => look.Snapshot is { } seen
        ? string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(seen.Statements.Count, "statement")}")
        : "statements not checked";

    private static void Measure(StepContext context, DatabaseSnapshot snapshot, IReadOnlyList<IndexState> indexes)
    {
        context.Before("tables", snapshot.Tables.Count + snapshot.TablesLeftOut, "count");
        context.Before("indexes", indexes.Count, "count");
        context.Before("tables_size", snapshot.Tables.Sum(table => table.TotalBytes), "bytes");
        context.Before("dead_rows", snapshot.Tables.Sum(table => table.DeadRows), "rows");
        context.Before("frozen_id_age", snapshot.Tables.Select(table => table.FrozenIdAge).DefaultIfEmpty().Max(), "count");
        foreach (var table in snapshot.Tables.Where(table => table.Kind != "partitioned").Take(TablesMeasured))
        {
            context.Before("table_size", table.TotalBytes, "bytes", table.Table.ToString());
            context.Before("dead_rows", table.DeadRows, "rows", table.Table.ToString());
        }
    }

    private async Task WriteAsync(StepContext context, DatabaseSnapshot snapshot, IReadOnlyList<IndexState> indexes, CancellationToken cancellationToken)
    {
        await context.WriteCsvAsync("preparation/baseline-tables.csv", BaselineTables.Tables(snapshot.Tables), redactor, cancellationToken);
        await context.WriteCsvAsync("preparation/baseline-indexes.csv", BaselineTables.Indexes(indexes), redactor, cancellationToken);
        if (snapshot.Statements.Snapshot is not { } seen)
            return;
        var top = seen.Statements.Take(BaselineTables.StatementsListed).ToList();
        var texts = await StatementCatalog.TextsAsync(database, [.. top.Select(stat => stat.QueryId)], BaselineTables.TextLength, cancellationToken);
        await context.WriteCsvAsync("preparation/baseline-statements.csv", BaselineTables.Statements(top, texts), redactor, cancellationToken);
    }
}
