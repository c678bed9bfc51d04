using Npgsql;
using Upkeep.Testing;

namespace Upkeep.Tests.Cli;

public sealed class PlanVerbTests(PostgresServer server) : IDisposable
{
    // The clock also stamps waits inside the checks, so it must go on.
    private readonly ProgramFixture _upkeep = new(TimeProvider.System);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_step_is_listed_in_order_with_what_it_would_do_and_how_long_it_should_take()
    {
        await using var database = await ConfigureAsync();

        (await _upkeep.RunAsync("plan", "--format", "json")).ShouldBe(0, _upkeep.Answer + _upkeep.Log);

        var steps = _upkeep.Json().GetProperty("steps").EnumerateArray().ToList();
        steps.Select(step => step.GetProperty("id").GetString()).ShouldContain("preparation.baseline");
        steps.ShouldAllBe(step => step.GetProperty("decision").GetString() == "run");
        steps.ShouldAllBe(step => step.GetProperty("predictedMs").GetInt64() >= 0 && step.GetProperty("predictionSource").GetString()!.Length > 0);
        var baseline = steps.Single(step => step.GetProperty("id").GetString() == "preparation.baseline").GetProperty("look");
        baseline.GetProperty("verdict").GetString().ShouldBe("looked");
        baseline.GetProperty("summary").GetString()!.ShouldNotBeEmpty();
        var backup = steps.Single(step => step.GetProperty("id").GetString() == "preparation.backup").GetProperty("look");
        backup.GetProperty("verdict").GetString().ShouldBe("due", backup.ToString());
        steps.Single(step => step.GetProperty("id").GetString() == "report.summary").TryGetProperty("look", out _).ShouldBeFalse("nothing was done that it could tell");
    }

    [Fact]
    public async Task A_plan_changes_nothing_and_leaves_no_folder()
    {
        await using var database = await ConfigureAsync();
        var before = await StateAsync(database);

        (await _upkeep.RunAsync("plan")).ShouldBe(0, _upkeep.Answer + _upkeep.Log);

        _upkeep.Answer.ShouldContain("preparation.backup");
        (await StateAsync(database)).ShouldBe(before);
        Directory.GetFileSystemEntries(_upkeep.Folder).ShouldBe([Path.Combine(_upkeep.Folder, "upkeep.yaml")]);
    }

    [Fact]
    public async Task What_was_not_asked_for_is_listed_with_the_reason()
    {
        await using var database = await ConfigureAsync();

        (await _upkeep.RunAsync("plan", "--only", "preparation.baseline")).ShouldBe(0, _upkeep.Answer + _upkeep.Log);

        _upkeep.Answer.ShouldContain("Not in this run:");
        _upkeep.Answer.ShouldContain("preparation.backup: not asked for (--only preparation.baseline)");
    }

    [Fact]
    public async Task A_no_go_is_the_headline_and_asks_for_attention()
    {
        await using var database = await ConfigureAsync("readiness:\n  freeDiskReserve: 900 TiB\n");

        (await _upkeep.RunAsync("plan")).ShouldBe(3, _upkeep.Answer + _upkeep.Log);
        _upkeep.Answer.ShouldContain("NO-GO: as things are now, a run would be refused by preparation.readiness");
        (await _upkeep.RunAsync("plan", "--format", "json")).ShouldBe(3);
        _upkeep.Json().GetProperty("go").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Skipping_all_that_is_asked_for_is_a_usage_error()
    {
        await using var database = await ConfigureAsync();

        (await _upkeep.RunAsync("run", "--only", "database", "--skip", "database", "--ignore-window")).ShouldBe(2);

        _upkeep.Log.ShouldContain("--skip database leaves nothing of --only database.");
    }

    [Fact]
    public async Task A_step_that_does_not_exist_is_a_usage_error_with_the_nearest_one_named()
    {
        _upkeep.Configure("platform: Test\ndatabase:\n  url: postgres://app@127.0.0.1:1/app\n");

        (await _upkeep.RunAsync("plan", "--skip", "preparation.baselin")).ShouldBe(2);

        _upkeep.Log.ShouldContain("preparation.baselin");
        _upkeep.Log.ShouldContain("Did you mean preparation.baseline?");
    }

    [Fact]
    public async Task An_unreachable_database_is_said_of_every_step_that_needs_it()
    {
        _upkeep.Configure("platform: Test\ndatabase:\n  url: postgres://app:topsecret@127.0.0.1:1/app\n");

        (await _upkeep.RunAsync("plan", "--format", "json")).ShouldBe(5);

        var baseline = _upkeep.Json().GetProperty("steps").EnumerateArray().Single(step => step.GetProperty("id").GetString() == "preparation.baseline").GetProperty("look");
        baseline.GetProperty("verdict").GetString().ShouldBe("failed");
        baseline.GetProperty("summary").GetString()!.ShouldContain("127.0.0.1:1");
        (_upkeep.Answer + _upkeep.Log).ShouldNotContain("topsecret");
        (await _upkeep.RunAsync("plan")).ShouldBe(5);
        _upkeep.Answer.Split("connection refused").Length.ShouldBe(2, "one cause is told once: " + _upkeep.Answer);
        _upkeep.Answer.ShouldContain("FAILED to look: as above");
        _upkeep.Answer.ShouldNotContain("fits");
    }

    public void Dispose() => _upkeep.Dispose();

    private async Task<TestDatabase> ConfigureAsync(string more = "")
    {
        var database = await server.CreateDatabaseAsync(Cancel, "create table events (id bigint primary key, at timestamptz); insert into events select n, now() from generate_series(1, 1000) n");
        var target = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        _upkeep.Configure($"platform: Test\ndatabase:\n  url: host={target.Host} port={target.Port} dbname={target.Database} user={target.Username}\n{more}");
        return database;
    }

    // Everything that a change would move: rows, files, and the server's count of work done to tables (its inserts are ours, told late).
    private static async Task<string> StateAsync(TestDatabase database) => string.Join(' ',
        await database.ScalarAsync<long>("select count(*) from events", Cancel),
        await database.ScalarAsync<long>("select count(*) from pg_class", Cancel),
        await database.ScalarAsync<long>("select sum(vacuum_count + analyze_count + n_tup_del + n_tup_upd)::bigint from pg_stat_user_tables", Cancel));
}
