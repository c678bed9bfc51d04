using System.Text;
using Npgsql;
using Upkeep.Testing;

namespace Upkeep.Scenarios.Trouble;

/// <summary>What a tired person gets wrong, told by the built program.</summary>
public sealed class BadInputTests(PostgresServer server) : IDisposable
{
    private const string Secret = "hunter2-geheim";

    private readonly UpkeepFolder _upkeep = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_configuration()
    {
        var ended = await _upkeep.RunAsync("run", "--config", "nowhere.yaml");

        ended.Status.ShouldBe(2, ended.Said);
        ended.Error.ShouldContain("nowhere.yaml");
        ended.Error.ShouldContain("upkeep init");
        Directory.GetFileSystemEntries(_upkeep.Folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unknown_key()
    {
        _upkeep.Configure("postgres://me@127.0.0.1:1/none", "retenton:\n  rules: []\n");

        var ended = await _upkeep.RunAsync("run", "--ignore-window");

        ended.Status.ShouldBe(2, ended.Said);
        ended.Error.ShouldContain("upkeep.yaml:4");
        ended.Error.ShouldContain("retenton");
        ended.Error.ShouldContain("Did you mean retention?");
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached()
    {
        _upkeep.Configure($"postgres://me:{Secret}@127.0.0.1:1/none");

        var ended = await _upkeep.RunAsync("run", "--ignore-window", "--verbose");

        ended.Status.ShouldBe(5, ended.Said);
        ended.Error.ShouldContain("127.0.0.1:1");
        ended.Error.ShouldContain("hint: ");
        ended.Said.ShouldNotContain(Secret);
        Directory.Exists(_upkeep.Root).ShouldBeFalse("nothing was touched");
    }

    [Fact]
    public async Task A_window_that_is_elsewhere_in_the_week()
    {
        var day = TimeProvider.System.GetUtcNow().AddDays(3).DayOfWeek.ToString().ToLowerInvariant();
        _upkeep.Configure("postgres://me@127.0.0.1:1/none", $"window:\n  day: {day}\n  timeZone: UTC\n");

        var ended = await _upkeep.RunAsync("run");

        ended.Status.ShouldBe(5, ended.Said);
        ended.Error.ShouldContain("the maintenance window is closed; the next opens 20");
        ended.Error.ShouldContain("--ignore-window");
        Directory.Exists(_upkeep.Root).ShouldBeFalse("nothing was touched");
    }

    [Fact]
    public async Task A_wrong_password_is_a_mistake_in_the_configuration_and_the_right_one_is_found_nowhere_after_a_run()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "create table events as select g as id from generate_series(1, 100) g");
        var role = $"guarded_{database.Name}";
        await database.ExecuteAsync($"create role {role} superuser login password '{Secret}'", Token);
        var rules = Path.Combine(database.Cluster.Folder, "data", "pg_hba.conf");
        await File.WriteAllTextAsync(rules, $"host all {role} 127.0.0.1/32 scram-sha-256\n" + await File.ReadAllTextAsync(rules, Token), Token);
        await database.ExecuteAsync("select pg_reload_conf()", Token);
        while (!await database.ScalarAsync<bool>($"select exists (select from pg_hba_file_rules where user_name = '{{{role}}}')", Token))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        var guarded = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role };

        guarded.Password = "wrong-" + Secret;
        _upkeep.Configure(UpkeepFolder.Url(guarded.ToString()), "throttle:\n  enabled: false\n");
        var wrong = await _upkeep.RunAsync("run", "--ignore-window", "--verbose");
        guarded.Password = Secret;
        _upkeep.Configure(UpkeepFolder.Url(guarded.ToString()), "throttle:\n  enabled: false\n");
        var right = await _upkeep.RunAsync("run", "--ignore-window", "--verbose");

        wrong.Status.ShouldBe(2, wrong.Said);
        wrong.Error.ShouldContain($"the password of user {role} is wrong");
        wrong.Said.ShouldNotContain(Secret);
        right.Status.ShouldBeOneOf(0, 3);
        right.Said.ShouldNotContain(Secret);
        var files = Directory.GetFiles(_upkeep.Folder, "*", SearchOption.AllDirectories).Where(file => file != _upkeep.ConfigurationFile).ToList();
        files.ShouldContain(file => file.EndsWith("journal.db", StringComparison.Ordinal));
        files.Where(file => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)) >= 0).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_is_too_old()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        await using var old = OldServer.Before(database.Cluster.Port, await database.ScalarAsync<int>("select current_setting('server_version_num')::int", Token));
        var there = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = old.Port };
        _upkeep.Configure(UpkeepFolder.Url(there.ToString()));

        var ended = await _upkeep.RunAsync("run", "--ignore-window");

        ended.Status.ShouldBe(5, ended.Said);
        ended.Error.ShouldContain("is too old");
        ended.Error.ShouldContain("13 or newer");
    }

    [Fact]
    public async Task Without_pg_stat_statements_what_needs_it_is_not_checked_and_nothing_fails()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "create table events as select g as id from generate_series(1, 100) g");
        _upkeep.Configure(UpkeepFolder.Url(database), "throttle:\n  enabled: false\n");

        var ended = await _upkeep.RunAsync("run", "--ignore-window", "--format", "json");

        ended.Status.ShouldBeOneOf(0, 3);
        ended.Json().Statuses().Values.ShouldNotContain("failed");
        ended.Json().Step("preparation.baseline").Findings().ShouldContain(finding => finding.Contains("pg_stat_statements", StringComparison.Ordinal));
        var report = await File.ReadAllTextAsync(Path.Combine(_upkeep.Root, ended.Json().Text("run"), "weekly-maintenance-report.md"), Token);
        report.ShouldContain("pg_stat_statements");
    }

    [Fact]
    public async Task A_role_that_may_only_read_loses_what_needs_rights_and_no_more()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "create table events as select g as id from generate_series(1, 5000) g; delete from events where id > 2000");
        var limited = await database.LimitedAsync(Token, "grant pg_read_all_data to {0}");
        _upkeep.Configure(UpkeepFolder.Url(limited.ConnectionString), "throttle:\n  enabled: false\n");

        var ended = await _upkeep.RunAsync("run", "--ignore-window", "--format", "json");

        ended.Status.ShouldBeOneOf(0, 3);
        ended.Json().Statuses().Values.ShouldNotContain("failed");
        ended.Json().Step("preparation.backup").Text("status").ShouldBe("succeeded");
        (await database.ScalarAsync<string>("select last_vacuum::text from pg_stat_user_tables where relname = 'events'", Token)).ShouldBeNull();
    }

    [Theory]
    [InlineData("check")]
    [InlineData("plan")]
    [InlineData("run", "--ignore-window")]
    [InlineData("init", "--force")]
    public async Task A_database_that_is_not_there_is_the_same_mistake_to_every_verb(params string[] verb)
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        _upkeep.Configure(UpkeepFolder.Url(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = "nowhere" }.ToString()));

        var ended = await _upkeep.RunAsync(verb[0] == "init" ? [.. verb, "--database", UpkeepFolder.Url(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = "nowhere" }.ToString())] : verb);

        ended.Status.ShouldBe(2, ended.Said);
        ended.Said.ShouldContain("nowhere");
    }

    [Fact]
    public async Task A_demo_writes_into_nobodys_folder()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_upkeep.Folder, "mine")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "upkeep.yaml"), "platform: MINE\n", Token);

        var ended = await _upkeep.RunAsync("demo", "--folder", folder, "--scale", "0.05");

        ended.Status.ShouldBe(2, ended.Said);
        ended.Error.ShouldContain("not empty and no demo's");
        (await File.ReadAllTextAsync(Path.Combine(folder, "upkeep.yaml"), Token)).ShouldBe("platform: MINE\n");
        Directory.GetFileSystemEntries(folder).Length.ShouldBe(1);
    }

    public void Dispose() => _upkeep.Dispose();
}
