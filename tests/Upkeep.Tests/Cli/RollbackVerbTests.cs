using Upkeep.Testing;
using Upkeep.Tests.Rollback;

namespace Upkeep.Tests.Cli;

/// <summary><c>upkeep rollback</c> as an operator and a script call it.</summary>
public sealed class RollbackVerbTests(PostgresServer server) : IDisposable
{
    private readonly ProgramFixture _upkeep = new(TimeProvider.System);

    [Fact]
    public async Task A_full_rollback_its_list_and_the_way_back_by_the_command_line()
    {
        await using var test = await CreateAsync();
        var before = await test.ContentAsync();
        await test.ExecuteAsync("insert into customers (name) values ('late')");

        (await _upkeep.RunAsync("rollback", RollbackCase.Run, "--full")).ShouldBe(3);
        _upkeep.Answer.ShouldContain("rollback.full: succeeded");
        _upkeep.Answer.ShouldContain("restore beside");
        _upkeep.Answer.ShouldContain($"upkeep rollback {RollbackCase.Run} --back");
        _upkeep.Answer.ShouldContain("public.customers: 1 row written");
        (await test.ContentAsync()).ShouldBe(before);

        (await _upkeep.RunAsync("rollback", "--full", "--carry-over", "--format", "json")).ShouldBe(0);
        var json = _upkeep.Json();
        json.GetProperty("status").GetString().ShouldBe("rolled-back");
        json.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("id").GetString()).ShouldBe(["rollback.full", "rollback.rows"]);
        (await test.ScalarAsync<long>("select count(*) from customers where name = 'late'")).ShouldBe(1);

        (await _upkeep.RunAsync("status", "--format", "json")).ShouldBe(0);
        _upkeep.Json().GetProperty("status").GetString().ShouldBe("rolled-back");
        (await _upkeep.RunAsync("rollback", RollbackCase.Run)).ShouldBe(5);
        (await _upkeep.RunAsync("rollback", "--back", "--format", "json")).ShouldBe(0);
        _upkeep.Json().GetProperty("steps")[0].GetProperty("undone").GetBoolean().ShouldBeTrue();
        (await _upkeep.RunAsync("rollback", "--back")).ShouldBe(0);
        _upkeep.Answer.ShouldContain("already");
    }

    [Fact]
    public async Task What_users_wrote_between_a_rollback_and_going_back_is_told_where_it_was_asked_for()
    {
        await using var test = await CreateAsync();
        await _upkeep.RunAsync("rollback", RollbackCase.Run, "--full");
        await test.ExecuteAsync("insert into customers (name) values ('between')");

        (await _upkeep.RunAsync("rollback", "--back")).ShouldBe(3);

        _upkeep.Answer.ShouldContain("warning: public.customers: 1 row");
        (await _upkeep.RunAsync("status", "--format", "json")).ShouldBe(0);
        _upkeep.Json().GetProperty("status").GetString().ShouldBe("attention");
    }

    [Fact]
    public async Task Where_nothing_is_left_to_undo_the_document_says_how_the_run_stands()
    {
        await using var test = await CreateAsync();

        (await _upkeep.RunAsync("rollback", RollbackCase.Run, "--format", "json")).ShouldBe(0);

        _upkeep.Json().GetProperty("status").GetString().ShouldBe("succeeded");
        _upkeep.Json().GetProperty("steps").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Large_objects_that_only_the_replaced_database_has_are_told_on_the_terminal()
    {
        await using var test = await CreateAsync();
        await test.ExecuteAsync("select lo_from_bytea(0, 'x')");

        (await _upkeep.RunAsync("rollback", RollbackCase.Run, "--full")).ShouldBe(3);

        _upkeep.Answer.ShouldContain("warning: Large objects");
        _upkeep.Answer.ShouldNotContain("nothing was written");
    }

    [Fact]
    public async Task Going_back_to_a_database_that_was_dropped_is_refused_each_time_alike()
    {
        await using var test = await CreateAsync();
        await _upkeep.RunAsync("rollback", RollbackCase.Run, "--full");
        await test.ExecuteAsync($"drop database \"{(await test.NamesAsync())[1]}\"", "postgres");

        (await _upkeep.RunAsync("rollback", "--back")).ShouldBe(5);
        (await _upkeep.RunAsync("rollback", "--back")).ShouldBe(5);
        (await _upkeep.RunAsync("rollback", "--full")).ShouldBe(0);
    }

    [Fact]
    public async Task A_refusal_has_status_5_and_says_what_to_do()
    {
        await using var test = await CreateAsync();
        Directory.Delete(Path.Combine(test.Root, "backups"), recursive: true);

        (await _upkeep.RunAsync("rollback", RollbackCase.Run, "--full")).ShouldBe(5);

        _upkeep.Answer.ShouldContain("There is no backup");
        _upkeep.Answer.ShouldContain("hint: See what there is");
    }

    [Theory]
    [InlineData]
    [InlineData("--full")]
    [InlineData("--back")]
    [InlineData("--step", "database.retention")]
    public async Task Where_nothing_was_ever_run_there_is_nothing_to_take_back_and_nothing_is_made(params string[] options)
    {
        _upkeep.Configure("platform: Test\nroot: maintenance\ndatabase:\n  url: postgres://app@127.0.0.1:1/app\n");

        (await _upkeep.RunAsync(["rollback", .. options])).ShouldBe(2);

        (_upkeep.Answer + _upkeep.Log).ShouldContain("There is no run yet");
        Directory.Exists(_upkeep.Root).ShouldBeFalse();
    }

    [Theory]
    [InlineData("--full", "--back")]
    [InlineData("--rehearse", "--full")]
    [InlineData("--rehearse", "--stop-run")]
    [InlineData("--carry-over", "new")]
    [InlineData("--full", "--carry-over=all")]
    public async Task What_does_not_go_together_is_a_usage_error(string one, string other)
    {
        _upkeep.Configure("platform: Test\ndatabase:\n  url: postgres://app@127.0.0.1:1/app\n");

        (await _upkeep.RunAsync("rollback", one, other)).ShouldBe(2);
    }

    public void Dispose() => _upkeep.Dispose();

    private async Task<RollbackCase> CreateAsync()
    {
        var test = await RollbackCase.CreateAsync(server);
        var port = test.Database.Cluster.Port;
        _upkeep.Configure($"platform: Test\nroot: {test.Root}\ndatabase:\n  url: postgres://upkeep_demo@127.0.0.1:{port}/{test.Database.Name}\nbackup:\n  folder: {test.Root}/backups\n");
        return test;
    }
}
