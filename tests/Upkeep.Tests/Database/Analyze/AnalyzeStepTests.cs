using Upkeep.Configuration;
using Upkeep.Database.Analyze;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Testing;

namespace Upkeep.Tests.Database.Analyze;

public sealed class AnalyzeStepTests(PostgresServer server)
{
    private const string Id = "database.analyze";

    private const string Sample =
        """
        create schema "Odd ""x"".y"; create table "Odd ""x"".y"."a'b; --" ("Sel ect" int);
        create table events as select g as id, 'x' || g % 7 as t from generate_series(1, 5000) g;
        create table p (a int) partition by range (a);
        create table p1 partition of p for values from (0) to (10); create table p2 partition of p for values from (10) to (20) partition by range (a);
        create table p21 partition of p2 for values from (10) to (20);
        insert into p select g % 20 from generate_series(1, 1000) g;
        create materialized view seen as select count(*) from events;
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_table_parent_partition_and_materialised_view_is_analyzed_once()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        using var harness = new StepHarness();

        var end = await harness.RunAsync(Token, Step(database.Door));

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        end.Summary.ShouldContain("7 tables is after");
        (await database.ScalarAsync<long>("select count(*) from pg_stat_user_tables where analyze_count <> 1", Token)).ShouldBe(0);
        (await database.ScalarAsync<bool>("select exists (select from pg_stats where tablename = 'p' and inherited)", Token)).ShouldBeTrue();
        harness.Measures(Id).ShouldContain(new Measure("never_analyzed", "count", 7, null, Look.Before));
        harness.Measures(Id).ShouldContain(new Measure("never_analyzed", "count", 0, null, Look.After));
    }

    [Fact]
    public async Task A_locked_partition_is_a_finding_and_its_siblings_are_done()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        using var harness = new StepHarness();
        await using var locked = await Locked.HoldAsync(database, "p1", Token);

        var end = await harness.RunAsync(Token, Step(database.Door));

        end.Status.ShouldBe(StepStatus.Attention, end.Reason);
        harness.Findings(Id).ShouldAllBe(finding => finding.Code == "table-locked");
        harness.Findings(Id).ShouldAllBe(finding => finding.Message.Contains($"session {locked.ProcessId}", StringComparison.Ordinal));
        harness.Findings(Id).ShouldContain(finding => finding.Subject == "public.p1");
        (await database.ScalarAsync<bool>("select last_analyze is not null from pg_stat_user_tables where relname = 'p21'", Token)).ShouldBeTrue();
        (await database.ScalarAsync<bool>("select last_analyze is null from pg_stat_user_tables where relname = 'p1'", Token)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_table_dropped_meanwhile_is_a_finding_and_no_failure()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        using var harness = new StepHarness();
        using (var other = new StepHarness())
        {
            await other.RunAsync(dryRun: true, Token, Step(database.Door));
            harness.Journal.Append(StepHarness.Run, Id, new StepStarted("", "change"));
            harness.Journal.Append(StepHarness.Run, Id, other.Facts<StepSurveyed>(Id)[0]);
            harness.Journal.Append(StepHarness.Run, Id, new ActIntended());
        }
        await database.ExecuteAsync("drop table events cascade", Token);

        var end = await harness.RunAsync(Token, Step(database.Door));

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        harness.Findings(Id).Select(finding => finding.Subject).ShouldBe(["public.events", "public.seen"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_role_that_owns_some_tables_analyzes_them_and_one_that_owns_none_skips()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        using var first = new StepHarness();
        using var second = new StepHarness();
        await using var door = new DatabaseDoor(await database.LimitedAsync(Token));

        (await first.RunAsync(Token, Step(door))).Status.ShouldBe(StepStatus.Skipped);
        await database.ExecuteAsync($"alter table events owner to limited_{database.Name}", Token);
        var end = await second.RunAsync(Token, Step(door));

        end.Status.ShouldBe(StepStatus.Attention, end.Reason);
        second.Findings(Id).ShouldHaveSingleItem().Message.ShouldContain("6 of 7");
    }

    [Fact]
    public async Task A_database_without_tables_has_nothing_to_do()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        using var harness = new StepHarness();

        (await harness.RunAsync(Token, Step(database.Door))).Undo.ShouldBe(UndoState.NotNeeded);
    }

    private static AnalyzeStep Step(DatabaseDoor door) => new(door, new VacuumSettings(), new ThrottleSettings(), TimeProvider.System);
}
