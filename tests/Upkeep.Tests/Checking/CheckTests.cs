using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Upkeep.Checking;
using Upkeep.Cli;
using Upkeep.Testing;
using Upkeep.Tests.Cli;
using Upkeep.Tests.Configuration;

namespace Upkeep.Tests.Checking;

public sealed class CheckTests(PostgresServer server) : IDisposable
{
    private const string Schema = """
        create extension pg_stat_statements;
        create table audit_logs (id bigint primary key, "When" timestamptz not null, note text);
        create table "Work Queue" (status text);
        """;

    private const string Rules = """
        retention:
          rules:
            - {table: audit_logs, column: When, keep: 90 days, where: "note <> 'keep'"}
        """;

    private readonly ConfigurationFixture _files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Where_nothing_is_missing_the_status_is_0_and_nothing_is_made()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Schema);
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsync("ok"), Token);
        Write(database.ConnectionString, $$"""
            health:
              endpoints: [{name: home, url: "{{site.Url}}", contains: ok}]
              queueDepthQuery: select count(*) from public."Work Queue"
            alerts: {alertmanager: "{{site.Url}}"}
            {{Rules}}
            """);

        var call = await CheckAsync();

        call.Status.ShouldBe(ExitStatus.Success, call.Answer + call.Log);
        call.Answer.ShouldContain("Everything a run needs is there");
        call.Answer.ShouldContain("0 entries in the queue now");
        Directory.EnumerateFileSystemEntries(_files.Folder).ShouldBe([_files.File]);
    }

    [Fact]
    public async Task A_folder_of_backups_that_is_not_there_is_told_with_the_steps_that_can_not_look_at_it()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Schema);
        Write(database.ConnectionString, "backup: {expected: {folders: [/no/such/folder]}}");

        var call = await CheckAsync("--format", "json");

        call.Status.ShouldBe(ExitStatus.Attention, call.Answer + call.Log);
        Lacking(call)["backup.expected.folders"].ShouldSatisfyAllConditions(one => one.What.ShouldBe("There is no folder /no/such/folder"), one => one.Costs.ShouldBe(["backups.presence", "backups.sizes"]));
    }

    [Fact]
    public async Task Services_are_asked_whether_they_run_and_one_that_can_not_be_told_costs_the_full_rollback()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Schema);
        Write(database.ConnectionString, """
            rollback:
              services:
                - {name: running, kind: command, status: ["true"], stop: ["false"], start: ["false"]}
                - {name: resting, kind: command, status: ["false"], stop: ["false"], start: ["false"]}
                - {name: lost, kind: command, status: [/no/such/program], stop: ["false"], start: ["false"]}
            """);

        var call = await CheckAsync("--format", "json");

        call.Status.ShouldBe(ExitStatus.Attention, call.Answer + call.Log);
        var lost = Lacking(call).ShouldHaveSingleItem();
        lost.Key.ShouldBe("service lost");
        lost.Value.ShouldSatisfyAllConditions(one => one.What.ShouldContain("/no/such/program"), one => one.Costs.ShouldBe(["upkeep rollback --full"]));
        call.Answer.ShouldContain("Is stopped: a full rollback leaves it so");
    }

    [Fact]
    public async Task A_log_that_is_missing_or_would_lose_lines_costs_its_rotation()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Schema);
        var log = Path.Combine(_files.Folder, "app.log");
        await File.WriteAllTextAsync(log, "a line\n", Token);
        Write(database.ConnectionString, $"logs: {{files: [{{path: {log}}}, {{path: {log}.gone}}, {{path: {_files.Folder}/none-*.log}}]}}");

        var call = await CheckAsync("--format", "json");

        call.Status.ShouldBe(ExitStatus.Attention, call.Answer + call.Log);
        Lacking(call).Keys.ShouldBe(["logs.files", $"log {log}.gone"], ignoreOrder: true);
        Lacking(call).Values.ShouldAllBe(one => one.Costs.Single() == "logs.rotate" && one.Hint != null);
        call.Answer.ShouldContain("rotated by ");
    }

    [Fact]
    public async Task A_role_without_rights_is_told_what_each_lack_costs_and_which_grant_mends_it()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Schema);
        var settings = await database.LimitedAsync(Token);
        Write(settings.ConnectionString, Rules);

        var call = await CheckAsync("--format", "json");

        call.Status.ShouldBe(ExitStatus.Attention, call.Answer + call.Log);
        var lacking = Lacking(call);
        lacking["statistics"].Hint.ShouldNotBeNull().ShouldContain("GRANT pg_monitor TO");
        lacking["maintenance rights"].Costs.ShouldBe(["database.vacuum", "database.analyze"]);
        lacking["backup"].Hint.ShouldNotBeNull().ShouldContain("GRANT SELECT");
        lacking["rule audit_logs"].What.ShouldContain("may not SELECT, DELETE, INSERT there");
        lacking["rule audit_logs"].Costs.ShouldBe(["database.retention"]);
    }

    [Fact]
    public async Task The_grants_that_are_told_mend_it()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Schema);
        var settings = await database.LimitedAsync(Token, """
            grant pg_monitor, pg_read_all_data to {0}; grant select, insert, delete on audit_logs to {0};
            alter table audit_logs owner to {0}; alter table "Work Queue" owner to {0}
            """);
        Write(settings.ConnectionString, Rules);

        (await CheckAsync()).Status.ShouldBe(ExitStatus.Success);
    }

    [Theory]
    [InlineData("{table: nowhere, column: When, keep: 1d}", "There is no table public.nowhere")]
    [InlineData("{table: audit_logs, column: when, keep: 1d}", "has no column when")]
    [InlineData("{table: audit_logs, column: note, keep: 1d}", "note is text, which tells no time")]
    [InlineData("{table: audit_logs, column: When, keep: 1d, where: \"nothing = 1\"}", "column \"nothing\" does not exist")]
    [InlineData("{table: audit_logs, column: When, keep: 1d, where: \"note ~ '('\"}", "invalid regular expression")]
    public async Task A_rule_that_does_not_fit_the_database_is_missing(string rule, string part)
    {
        await using var database = await server.CreateDatabaseAsync(Token, Schema);
        Write(database.ConnectionString, $"retention: {{rules: [{rule}]}}");

        var call = await CheckAsync("--format", "json");

        call.Status.ShouldBe(ExitStatus.Attention);
        Lacking(call).Values.ShouldHaveSingleItem().What.ShouldContain(part);
    }

    [Theory]
    [InlineData("select 'many'", "yields no number")]
    [InlineData("select count(*) from audit_logs", "does not exist")]
    [InlineData("delete from public.audit_logs returning 1", "read-only transaction")]
    public async Task A_query_of_the_configuration_is_tried_and_can_change_nothing(string query, string part)
    {
        await using var database = await server.CreateDatabaseAsync(Token, Schema);
        await database.ExecuteAsync("insert into audit_logs values (1, now(), 'here')", Token);
        Write(database.ConnectionString, $"readiness: {{activeUsersQuery: \"{query}\"}}");

        Lacking(await CheckAsync("--format", "json"))["readiness.activeUsersQuery"].What.ShouldContain(part);
        (await database.ScalarAsync<long>("select count(*) from audit_logs", Token)).ShouldBe(1);
    }

    [Fact]
    public async Task Without_the_extension_and_the_site_a_run_is_still_possible()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        Write(database.ConnectionString, """
            health: {endpoints: [{name: home, url: "http://127.0.0.1:1/"}]}
            logs: {application: "none-{date}.log"}
            """);

        var call = await CheckAsync("--format", "json");

        call.Status.ShouldBe(ExitStatus.Attention);
        Lacking(call).Keys.ShouldBe(["pg_stat_statements", "endpoint home", "logs.application"], ignoreOrder: true);
    }

    [Fact]
    public async Task What_only_a_step_that_is_switched_off_needs_is_not_missing()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Schema);
        Write(database.ConnectionString, "logs: {application: none.log}\nsteps: {preparation.alerts: {enabled: false}}\n");

        (await CheckAsync()).Status.ShouldBe(ExitStatus.Success);
    }

    [Fact]
    public async Task A_database_out_of_reach_blocks_a_run_and_its_password_is_not_told()
    {
        File.WriteAllText(_files.File, "platform: a\ndatabase: {url: \"postgres://me:s3cr3tword@127.0.0.1:1/app\"}\n");

        var call = await CheckAsync();

        call.Status.ShouldBe(ExitStatus.Refused);
        call.Answer.ShouldContain("connection refused");
        (call.Answer + call.Log).ShouldNotContain("s3cr3tword");
    }

    [Fact]
    public async Task A_full_disk_a_file_in_the_way_and_a_broken_journal_block_a_run()
    {
        await using var database = await server.CreateDatabaseAsync(Token, Schema);
        var root = Directory.CreateDirectory(Path.Combine(_files.Folder, "maintenance")).FullName;
        File.WriteAllText(Path.Combine(root, "journal.db"), "this is no journal, but it is long enough to be looked at as one");
        Write(database.ConnectionString, $"backup: {{folder: \"{_files.File}/below\"}}\nreadiness: {{freeDiskReserve: 500000 TiB}}\n");

        var call = await CheckAsync("--format", "json");

        call.Status.ShouldBe(ExitStatus.Refused);
        var lacking = Lacking(call);
        lacking["root"].What.ShouldContain("under the reserve");
        lacking["backup.folder"].What.ShouldContain("is a file, not a folder");
        lacking["journal"].State.ShouldBe(RequirementState.Blocking);
    }

    [Fact]
    public async Task Problems_of_the_configuration_end_with_status_2_one_to_a_line()
    {
        File.WriteAllText(_files.File, "platform: a\nwindw: {}\ndatabase: {url: \"postgres://me@h/d\", lockTimeout: 5}\n");

        var text = await CheckAsync();
        var json = await CheckAsync("--format", "json");

        text.Status.ShouldBe(ExitStatus.Usage);
        text.Answer.ShouldBeEmpty();
        text.Log.ShouldContain($"{_files.File}:2: windw: unknown key 'windw'\n  hint: Did you mean window?\n");
        text.Log.ShouldContain($"{_files.File}:3: database.lockTimeout: '5' has no unit\n");
        json.Status.ShouldBe(ExitStatus.Usage);
        JsonDocument.Parse(json.Answer).RootElement.GetProperty("error").GetProperty("problems").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Without_a_configuration_the_way_to_one_is_told()
    {
        var call = await CheckAsync();

        call.Status.ShouldBe(ExitStatus.Usage);
        call.Log.ShouldContain("upkeep init");
    }

    private Task<UpkeepCall> CheckAsync(params string[] more) => UpkeepCall.RunAsync(["check", "--config", _files.File, .. more]);

    private void Write(string connectionString, string more)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        File.WriteAllText(_files.File, $"platform: a\ndatabase: {{url: \"postgres://{target.Username}@{target.Host}:{target.Port}/{target.Database}?sslmode=disable\"}}\n{more}\n");
    }

    private static Dictionary<string, Requirement> Lacking(UpkeepCall call) =>
        JsonDocument.Parse(call.Answer).RootElement.GetProperty("requirements").Deserialize<List<Requirement>>(JsonSerializerOptions.Web)!
            .Where(each => each.State != RequirementState.Met).ToDictionary(each => each.Name);
}
