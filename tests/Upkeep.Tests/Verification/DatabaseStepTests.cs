using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Postgres.Catalog;
using Upkeep.Preparation.Baseline;
using Upkeep.Redaction;
using Upkeep.Testing;
using Upkeep.Verification.Database;

namespace Upkeep.Tests.Verification;

public sealed class DatabaseStepTests(PostgresServer server) : IDisposable
{
    private const string Id = "verification.database";

    private readonly StepHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Dead_rows_sizes_and_statements_are_compared_with_the_baseline()
    {
        await using var database = await server.CreateDatabaseAsync(Token,
            """
            create extension pg_stat_statements;
            create table "Odd, ""t" (id int);
            insert into "Odd, ""t" select generate_series(1, 1000);
            delete from "Odd, ""t" where id <= 400;
            select pg_stat_force_next_flush();
            """);
        await _harness.RunAsync(Token, new BaselineStep(database.Door, Redactor.None));
        await database.ExecuteAsync("vacuum \"Odd, \"\"t\"", Token);
        await database.ExecuteAsync("select count(*), 1, 2, 3, 4, 5, 6 from \"Odd, \"\"t\"", Token);

        var end = await RunAsync(database.Door, database.Settings);

        end.Summary.ShouldStartWith("dead rows 400 before, 0 after;");
        _harness.Measures(Id).Where(measure => measure.Name == "dead_rows" && measure.Subject == "public.Odd, \"t").Select(measure => measure.Value).ShouldBe([400, 0]);
        (await ReadAsync("statements.csv")).ShouldContain("select count(*), $1, $2, $3, $4, $5, $6 from");
        (await ReadAsync("tables.csv")).ShouldContain("public,\"Odd, \"\"t\",");
        var survey = JournalJson.FromElement<DatabaseComparison>(_harness.Facts<StepSurveyed>(Id).Single().Survey);
        survey.Costliest.ShouldContain(delta => delta.Calls == 1);
    }

    [Fact]
    public async Task Dead_rows_above_the_limit_of_the_vacuum_are_said_and_the_oldest_id_is_compared()
    {
        await using var database = await server.CreateDatabaseAsync(Token,
            """
            create table many (id int); insert into many select generate_series(1, 5000); delete from many where id <= 2000;
            create table few (id int); insert into few select generate_series(1, 5000); delete from few where id <= 900;
            select pg_stat_force_next_flush();
            """);
        await _harness.RunAsync(Token, new BaselineStep(database.Door, Redactor.None));

        var end = await RunAsync(database.Door, database.Settings);

        end.Status.ShouldBe(StepStatus.Attention);
        var finding = _harness.Findings(Id).Single(one => one.Code == "dead-rows-left");
        (finding.Severity, finding.Subject).ShouldBe((Severity.Warning, "public.many"));
        finding.Message.ShouldContain("2,000 dead rows");
        var age = _harness.Measures(Id).Where(measure => measure is { Name: "frozen_id_age", Subject: null }).ToList();
        age.Select(measure => measure.Look).ShouldBe([Upkeep.Journal.Look.Before, Upkeep.Journal.Look.After]);
        age[0].Value.ShouldBe(_harness.Measures("preparation.baseline").Single(measure => measure is { Name: "frozen_id_age", Subject: null }).Value);
    }

    [Fact]
    public async Task Dead_rows_that_the_vacuum_has_told_of_are_not_told_as_another_warning()
    {
        await using var database = await server.CreateDatabaseAsync(Token,
            "create table many (id int); insert into many select generate_series(1, 5000); delete from many where id <= 2000; select pg_stat_force_next_flush();");
        _harness.Journal.Append(StepHarness.Run, "database.vacuum", new FindingRaised(new Finding(Severity.Warning, "table-locked", "public.many could not be locked.", "public.many")));

        await RunAsync(database.Door, database.Settings);

        _harness.Findings(Id).Single(one => one.Code == "dead-rows-left").Severity.ShouldBe(Severity.Info);
    }

    [Fact]
    public async Task Without_a_baseline_the_look_happens_and_the_comparison_is_not_checked()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "create table t (id int)");

        var end = await RunAsync(database.Door, database.Settings);

        (end.Status, end.Summary).ShouldBe((StepStatus.Succeeded, "1 table with 0 dead rows; not compared"));
        _harness.Findings(Id).Single().Code.ShouldBe("comparison-not-checked");
        (await ReadAsync("tables.csv")).ShouldContain("public,t,");
    }

    [Fact]
    public async Task Without_the_extension_statements_are_not_checked_and_a_table_made_since_is_listed()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "create table gone (id int)");
        await using var door = new DatabaseDoor(await database.LimitedAsync(Token));
        await _harness.RunAsync(Token, new BaselineStep(door, Redactor.None));
        await database.ExecuteAsync("drop table gone; create table made (id int)", Token);

        var end = await RunAsync(door, database.Settings);

        end.Status.ShouldBe(StepStatus.Succeeded);
        _harness.Findings(Id).Select(finding => finding.Code).ShouldBe(["table-gone", "statements-not-checked"], ignoreOrder: true);
        (await ReadAsync("tables.csv")).ShouldContain("public,made,,");
    }

    [Fact]
    public void A_statement_is_judged_by_its_calls_since_the_baseline_and_not_since_the_reset()
    {
        // A million calls of 1 ms before; 100 of 10 ms since. The overall mean has not moved.
        var before = Stat(1_000_000, 1_000_000, 0.1);
        var total = 1_001_000.0;
        var mean = total / 1_000_100;
        var squares = 1_000_000 * 0.01 + 81.0 * 1_000_000 * 100 / 1_000_100;
        var now = Stat(1_000_100, total, Math.Sqrt(squares / 1_000_100));

        var delta = StatementDeltas.Of(Look([before]), Look([now])).Deltas.Single();

        mean.ShouldBe(1.0009, 0.0001);
        (delta.Calls, Math.Round(delta.MeanMs, 6), delta.MeanBeforeMs).ShouldBe((100, 10, 1));
        delta.StandardErrors!.Value.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void A_reset_in_between_is_not_checked_whether_the_extension_tells_of_it_or_not()
    {
        var told = StatementDeltas.Of(Look([Stat(10, 10, 1)]), Look([Stat(20, 20, 1)], DateTimeOffset.UnixEpoch));
        var untold = StatementDeltas.Of(Look([Stat(10, 10, 1)]), Look([Stat(2, 2, 1)]));

        told.NotChecked.ShouldBe("the statement counters were reset since the baseline");
        untold.NotChecked.ShouldBe("the statement counters were reset since the baseline");
        untold.Deltas.ShouldBeEmpty();
    }

    private static StatementStat Stat(long calls, double total, double deviation) => new(1, 10, true, calls, total, deviation, total, 0, 0, 0);

    private static StatementLook Look(IReadOnlyList<StatementStat> statements, DateTimeOffset? reset = null) =>
        new(new StatementSnapshot { Statements = statements, Hidden = 0, LeftOut = 0, ResetAt = reset, Evictions = 0 }, null, null);

    private Task<StepEnded> RunAsync(DatabaseDoor door, DatabaseSettings settings) =>
        _harness.RunAsync(Token, new DatabaseStep(new UpkeepConfiguration { Platform = "Test", Database = settings }, door, Redactor.None));

    private Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(_harness.Folder, "verification", file), Token);
}
