using Npgsql;
using Upkeep.Configuration;
using Upkeep.Database;
using Upkeep.Database.Vacuum;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Running;
using Upkeep.Testing;

namespace Upkeep.Tests.Database.Vacuum;

public sealed class VacuumStepTests(PostgresServer server)
{
    private const string Id = "database.vacuum";

    // Flushed, because a session tells its counts at most once a second. Vacuumed once so that only what each test does to it is due.
    private const string Sample =
        """
        create schema "Odd ""x"".y";
        create table "Odd ""x"".y"."a'b; --" (id int, t text); insert into "Odd ""x"".y"."a'b; --" select g, 'x' from generate_series(1, 5000) g;
        create table events (id int primary key, t text); insert into events select g, 'x' from generate_series(1, 20000) g;
        create table calm (id int); insert into calm select generate_series(1, 20000);
        select pg_stat_force_next_flush();
        """;

    private const string Dirty = """delete from "Odd ""x"".y"."a'b; --" where id > 1000; delete from events where id % 2 = 0; select pg_stat_force_next_flush();""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dead_rows_are_reclaimed_worst_first_and_proven_by_the_servers_own_statistics()
    {
        await using var database = await DirtyAsync();
        using var harness = new StepHarness();

        var end = await harness.RunAsync(Token, Step(database.Door, parallel: 1));

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        end.Undo.ShouldBe(UndoState.None);
        harness.Facts<CheckpointReached>(Id).Select(fact => JournalJson.FromElement<TableOutcome>(fact.Body).Name).ShouldBe(["events", "a'b; --"]);
        harness.Measures(Id).Where(measure => measure.Name == "dead_rows").Select(measure => (measure.Subject, measure.Look, measure.Value)).ShouldBe(
        [
            ("public.events", Look.Before, 10_000), ("Odd \"x\".y.a'b; --", Look.Before, 4_000),
            ("public.events", Look.After, 0), ("Odd \"x\".y.a'b; --", Look.After, 0),
        ], ignoreOrder: true);
        (await database.ScalarAsync<bool>("select last_vacuum is null from pg_stat_user_tables where relname = 'calm'", Token)).ShouldBeFalse();
        (await harness.RunAsync(Token, Step(database.Door))).ShouldBe(end);
    }

    [Fact]
    public async Task Nothing_is_done_where_nothing_is_due_and_where_there_is_no_table()
    {
        await using var clean = await server.CreateDatabaseAsync(Token, Sample);
        await clean.ExecuteAsync("vacuum", Token);
        await using var empty = await server.CreateDatabaseAsync(Token);
        foreach (var database in new[] { clean, empty })
        {
            using var harness = new StepHarness();
            var end = await harness.RunAsync(Token, Step(database.Door));
            end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
            end.Undo.ShouldBe(UndoState.NotNeeded);
        }
    }

    [Fact]
    public async Task A_table_locked_by_another_session_is_a_finding_that_names_it_and_the_others_are_done()
    {
        await using var database = await DirtyAsync();
        using var harness = new StepHarness();
        await using var locked = await Locked.HoldAsync(database, "events", Token, "share update exclusive");

        var end = await harness.RunAsync(Token, Step(database.Door));

        end.Status.ShouldBe(StepStatus.Attention, end.Reason);
        var finding = harness.Findings(Id).ShouldHaveSingleItem();
        finding.Code.ShouldBe("table-locked");
        finding.Subject.ShouldBe("public.events");
        finding.Message.ShouldContain($"session {locked.ProcessId}");
        harness.Facts<CheckpointReached>(Id).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_table_dropped_meanwhile_is_a_finding_and_no_failure()
    {
        await using var database = await DirtyAsync();
        using var harness = new StepHarness();
        await SurveyedAsync(database, harness);
        await database.ExecuteAsync("drop table events", Token);

        var end = await harness.RunAsync(Token, Step(database.Door));

        // Other tests' sessions on the server may hold back dead rows of the tables that are left, which is a finding of its own.
        end.Status.ShouldBeOneOf(StepStatus.Succeeded, StepStatus.Attention);
        harness.Findings(Id).Where(finding => finding.Subject == "public.events").ShouldHaveSingleItem().Code.ShouldBe("table-dropped");
    }

    [Fact]
    public async Task A_resumed_run_does_not_repeat_the_tables_that_are_done()
    {
        await using var database = await DirtyAsync();
        using var harness = new StepHarness();
        var survey = await SurveyedAsync(database, harness);
        var done = survey.Due[0];
        await database.ExecuteAsync($"vacuum {new TableName(done.Schema, done.Name).Quoted}", Token);
        harness.Journal.Append(StepHarness.Run, Id, new CheckpointReached(JournalJson.ToElement(new TableOutcome(done.Oid, done.Schema, done.Name, TableEnd.Done, null, 1))));

        var end = await harness.RunAsync(Token, Step(database.Door));

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        (await database.ScalarAsync<long>("select sum(vacuum_count)::bigint from pg_stat_user_tables where relname in ('events', 'a''b; --')", Token)).ShouldBe(4);
    }

    [Fact]
    public async Task A_server_that_goes_away_is_said_and_the_run_goes_on_from_there()
    {
        await using var database = await DirtyAsync();
        using var harness = new StepHarness();
        await using var patient = new DatabaseDoor(database.Settings with { LockTimeout = TimeSpan.FromSeconds(30) });
        await using (await Locked.HoldAsync(database, "events", Token))
        {
            var running = harness.RunAsync(Token, Step(patient, parallel: 1));
            while (!running.IsCompleted && await database.ScalarAsync<long>(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where query like 'vacuum (%' and wait_event_type = 'Lock' and datname = current_database()", Token) == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
            }

            var end = await running;
            end.Status.ShouldBe(StepStatus.Failed);
            end.Reason!.ShouldContain("public.events");
            end.Hint!.ShouldContain("--resume");
        }

        (await harness.RunAsync(Token, Step(database.Door))).Status.ShouldBe(StepStatus.Succeeded);
    }

    [Fact]
    public async Task A_stop_is_kept_between_tables_and_the_rest_is_done_on_resume()
    {
        await using var database = await DirtyAsync();
        using var harness = new StepHarness();
        await SurveyedAsync(database, harness);
        harness.Stop.Request("the operator asked");

        (await harness.RunAsync(Token, Step(database.Door))).Status.ShouldBe(StepStatus.Deferred);
        harness.Stop = new StopSignal();

        var end = await harness.RunAsync(Token, Step(database.Door));

        end.Status.ShouldBe(StepStatus.Succeeded, string.Join("; ", harness.Findings("database.vacuum").Select(finding => finding.Message)));
    }

    [Fact]
    public async Task A_role_that_owns_nothing_skips_with_what_it_lacks()
    {
        await using var database = await DirtyAsync();
        using var harness = new StepHarness();
        await using var door = new DatabaseDoor(await database.LimitedAsync(Token));

        var end = await harness.RunAsync(Token, Step(door));

        end.Status.ShouldBe(StepStatus.Skipped);
        end.Reason!.ShouldContain("2 tables");
        end.Hint!.ShouldContain("owner");
    }

    [Fact]
    public async Task A_role_that_owns_some_tables_vacuums_them_and_names_the_others()
    {
        await using var database = await DirtyAsync();
        using var harness = new StepHarness();
        await using var door = new DatabaseDoor(await database.LimitedAsync(Token, "alter table events owner to {0}"));

        var end = await harness.RunAsync(Token, Step(door));

        end.Status.ShouldBe(StepStatus.Attention, end.Reason);
        harness.Findings(Id).ShouldHaveSingleItem().Message.ShouldContain("a'b; --");
        harness.Measures(Id).ShouldContain(new Measure("dead_rows", "rows", 0, "public.events", Look.After));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dead_rows_that_an_old_snapshot_keeps_are_a_finding_that_names_the_holder(bool held)
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        await database.ExecuteAsync("vacuum", Token);
        using var harness = new StepHarness();
        await using var old = new NpgsqlConnection(database.ConnectionString + ";Application Name=a report");
        await old.OpenAsync(Token);
        await old.ExecuteAsync(held ? "begin isolation level repeatable read; select 1" : "select 1", Token);
        await database.ExecuteAsync(Dirty, Token);

        var end = await harness.RunAsync(Token, Step(database.Door));

        end.Status.ShouldBe(held ? StepStatus.Attention : StepStatus.Succeeded, end.Reason);
        var findings = harness.Findings(Id).Where(finding => finding.Subject == "public.events").ToList();
        findings.Count.ShouldBe(held ? 1 : 0);
        findings.ShouldAllBe(finding => finding.Code == "dead-rows-held" && finding.Message.Contains("10,000", StringComparison.Ordinal));
        findings.ShouldAllBe(finding => finding.Message.Contains($"session {old.ProcessID} ", StringComparison.Ordinal) && finding.Message.Contains("a report", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Old_ids_are_frozen_though_every_page_is_visible_already()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Sample);
        await database.ExecuteAsync("vacuum", Token);
        for (var i = 0; i < 30; i++)
            await database.ExecuteAsync("select txid_current()", Token);
        using var harness = new StepHarness();

        var end = await harness.RunAsync(Token, Step(database.Door, settings: new VacuumSettings { FreezeAge = 20 }));

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        harness.Measures(Id).Where(measure => measure is { Name: "frozen_id_age", Look: Look.Before, Value: < 20 }).ShouldBeEmpty();
        harness.Measures(Id).Count(measure => measure is { Name: "frozen_id_age", Look: Look.After, Value: < 20 }).ShouldBe(3);
    }

    [Fact]
    public async Task Rows_that_retention_has_just_removed_are_seen()
    {
        // Sessions tell their counts when they have been idle for ten seconds, or once a second while they work.
        await using var database = await server.CreateDatabaseAsync(Token,
            "create table logs (id int primary key, at timestamptz); insert into logs select g, now() - g * interval '1 minute' from generate_series(1, 60000) g; select pg_stat_force_next_flush();");
        await database.ExecuteAsync("vacuum", Token);
        using var harness = new StepHarness();
        var configuration = new UpkeepConfiguration
        {
            Platform = "Test",
            Database = database.Settings,
            Retention = new RetentionSettings { Rules = [new RetentionRule { Table = "logs", Column = "at", Keep = TimeSpan.FromDays(30) }] },
            Throttle = new ThrottleSettings { Enabled = false },
        };
        var retention = DatabaseSteps.Create(configuration, database.Door, TimeProvider.System).Single(step => step.Definition.Id == "database.retention");

        var end = await harness.RunAsync(Token, retention, Step(database.Door));

        var removed = 60_000 - await database.ScalarAsync<long>("select count(*) from logs", Token);
        harness.Measures(Id).ShouldContain(new Measure("dead_rows", "rows", removed, "public.logs", Look.Before));
        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        harness.Measures(Id).ShouldContain(new Measure("dead_rows", "rows", 0, "public.logs", Look.After));
    }

    [Fact]
    public async Task A_dry_run_touches_nothing()
    {
        await using var database = await DirtyAsync();
        using var harness = new StepHarness();

        (await harness.RunAsync(dryRun: true, Token, Step(database.Door))).Status.ShouldBe(StepStatus.Skipped);

        (await database.ScalarAsync<long>("select n_dead_tup from pg_stat_user_tables where relname = 'events'", Token)).ShouldBe(10_000);
    }

    private static VacuumStep Step(DatabaseDoor door, int parallel = 2, VacuumSettings? settings = null) =>
        new(door, settings ?? new VacuumSettings { Parallel = parallel }, new ThrottleSettings(), TimeProvider.System);

    private async Task<TestDatabase> DirtyAsync()
    {
        var database = await server.CreateDatabaseAsync(Token, Sample);
        await database.ExecuteAsync("vacuum", Token);
        await database.ExecuteAsync(Dirty, Token);
        return database;
    }

    // The journal of a run that was killed just after it meant to begin.
    private static async Task<VacuumSurvey> SurveyedAsync(TestDatabase database, StepHarness harness)
    {
        using var other = new StepHarness();
        await other.RunAsync(dryRun: true, Token, Step(database.Door));
        var surveyed = other.Facts<StepSurveyed>(Id)[0];
        harness.Journal.Append(StepHarness.Run, Id, new StepStarted("", "change"));
        harness.Journal.Append(StepHarness.Run, Id, surveyed);
        harness.Journal.Append(StepHarness.Run, Id, new ActIntended());
        return JournalJson.FromElement<VacuumSurvey>(surveyed.Survey);
    }
}
