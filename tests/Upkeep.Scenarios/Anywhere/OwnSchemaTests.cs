using Upkeep.Scenarios.Running;
using Upkeep.Testing;

namespace Upkeep.Scenarios.Anywhere;

/// <summary>The ten lines of the README on a database that has nothing of SceneScout, and names that need quoting.</summary>
public sealed class OwnSchemaTests(PostgresServer server) : IDisposable
{
    private const string Shop = """"
        create schema "Odd.Schema ""x""";
        create table "Odd.Schema ""x"""."weird: # name_logs" ("Id" bigint generated always as identity primary key, "Created At" timestamptz not null, "no'te" text, big numeric, js jsonb, a int[]);
        insert into "Odd.Schema ""x"""."weird: # name_logs" ("Created At", "no'te", big, js, a)
          select now() - g * interval '1 hour', E'tab\tline\nback\\slash ' || g, 'NaN', '{"k": [1, null]}', array[g, null] from generate_series(1, 4000) g;
        create table parted (id int, happened date not null, name text) partition by range (happened);
        create table parted_old partition of parted for values from ('2000-01-01') to ('2020-01-01');
        create table "Parted New" partition of parted for values from ('2020-01-01') to (maxvalue);
        insert into parted select g, date '2019-12-01' + g % 60, 'x' from generate_series(1, 2000) g;
        create table "Empty" ();
        create view looked as select * from parted;
        """";

    private const string Rules = """"
        throttle:
          enabled: false
        retention:
          rules:
            - table: '"Odd.Schema ""x"""."weird: # name_logs"'
              column: Created At
              keep: 30 days
            - table: parted
              column: happened
              keep: 90 days
              maxShare: 1
        """";

    private readonly UpkeepFolder _upkeep = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Init_check_plan_run_and_rollback_work_on_any_schema_and_only_the_run_changes_anything()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Shop);
        _upkeep.Environment["DATABASE_URL"] = UpkeepFolder.Url(database);
        var before = await database.ContentAsync(Token);

        var init = await _upkeep.RunAsync("init");
        init.Status.ShouldBe(0, init.Said);
        var written = await File.ReadAllTextAsync(_upkeep.ConfigurationFile, Token);
        await File.WriteAllTextAsync(_upkeep.ConfigurationFile, written + "\n" + Rules, Token);
        var check = await _upkeep.RunAsync("check");
        check.Status.ShouldBeOneOf(0, 3);
        var plan = await _upkeep.RunAsync("plan");
        plan.Status.ShouldBe(0, plan.Said);
        plan.Output.ShouldContain("database.retention");
        Directory.GetFileSystemEntries(_upkeep.Folder).ShouldBe([_upkeep.ConfigurationFile]);
        (await database.ContentAsync(Token)).ShouldBe(before);

        var run = await _upkeep.RunAsync("run", "--ignore-window", "--format", "json");
        run.Status.ShouldBeOneOf(0, 3);
        run.Json().Step("database.retention").Text("undo").ShouldBe("available");
        (await database.ScalarAsync<long>("select count(*) from parted", Token)).ShouldBe(0);
        (await database.ScalarAsync<long>("select count(*) from \"Odd.Schema \"\"x\"\"\".\"weird: # name_logs\"", Token)).ShouldBeInRange(710, 720);

        var rollback = await _upkeep.RunAsync("rollback");
        rollback.Status.ShouldBe(0, rollback.Said);
        (await database.ContentAsync(Token)).ShouldBe(before);
        (await _upkeep.RunAsync("rollback")).Output.ShouldContain("nothing left to undo");
    }

    public void Dispose() => _upkeep.Dispose();
}
