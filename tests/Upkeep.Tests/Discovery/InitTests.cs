using Upkeep.Cli;
using Upkeep.Configuration;
using Upkeep.Discovery;
using Upkeep.Testing;
using Upkeep.Tests.Cli;
using Upkeep.Tests.Configuration;

namespace Upkeep.Tests.Discovery;

public sealed class InitTests(PostgresServer server) : IDisposable
{
    private const string SceneScout = """
        create schema auth;
        create table events (id bigint primary key, title text, created_at timestamptz);
        create table audit_logs (id bigint primary key, created_at timestamptz not null);
        create index on audit_logs (created_at);
        create table api_logs (id bigint primary key, created_at timestamptz not null);
        create table ingestion_logs (id bigint primary key, status text, created_at timestamptz not null);
        create table ingestion_queue (id bigint primary key, status text, created_at timestamptz);
        create table user_sessions (id bigint primary key, user_id bigint, last_active timestamptz);
        create table auth.sessions (id bigint primary key, expires_at timestamptz);
        """;

    private const string OddNames = """"
        create schema "Odd.Schema ""x""";
        create table "Odd.Schema ""x"""."weird: # name_logs" ("Created_At" timestamp, "${HOME}" date);
        create table "line
        break_log" ("a'b: {c}" timestamptz);
        create index on "line
        break_log" ("a'b: {c}");
        create table "true" (id int);
        create table no_columns ();
        create table parted_events (id int, happened date) partition by range (happened);
        create index on parted_events (happened);
        create table parted_events_1 partition of parted_events for values from ('2020-01-01') to ('2021-01-01');
        create table "file:audit" (created_at date);
        create table "Sessions" (expires timestamptz, user_id int, last_seen_at timestamptz);
        """";

    private readonly ConfigurationFixture _files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    private string File => _files.File;

    [Fact]
    public async Task SceneScouts_tables_get_its_operators_rules()
    {
        var configuration = await WrittenAsync(SceneScout);

        configuration.Retention.Rules.Select(rule => (rule.Table, rule.Column, rule.Keep.TotalDays, rule.Where)).ShouldBe([
            ("public.api_logs", "created_at", 30, null), ("public.audit_logs", "created_at", 90, null), ("public.ingestion_logs", "created_at", 7, "status = 'success'"),
        ]);
        configuration.Sessions.Rules.ShouldHaveSingleItem().Table.ShouldBe("auth.sessions");
        configuration.Readiness.ActiveUsersQuery.ShouldNotBeNull().ShouldContain("last_active");
        configuration.Health.QueueDepthQuery.ShouldNotBeNull().ShouldContain("ingestion_queue");
        configuration.Window.TimeZone.ShouldBe("America/Toronto");
        System.IO.File.ReadAllText(File).ShouldContain("created_at is timestamp with time zone, indexed");
    }

    [Theory]
    [InlineData("")]
    [InlineData(OddNames)]
    [InlineData("create table audit_logs (id int, created_at text); create table ingestion_logs (status int, created_at date);")]
    public async Task Nothing_is_deleted_where_a_person_has_not_decided(string schema)
    {
        var configuration = await WrittenAsync(schema);

        configuration.Retention.Rules.ShouldBeEmpty();
        configuration.Sessions.Rules.ShouldBeEmpty();
    }

    [Fact]
    public async Task Rules_in_comments_load_when_the_marks_are_taken_away()
    {
        var text = await TextAsync(OddNames);
        var lines = text.Split('\n').SkipWhile(line => !line.StartsWith("# retention:", StringComparison.Ordinal))
            .Where(line => line.StartsWith("# ", StringComparison.Ordinal) && (line.EndsWith(':') || line.Contains("  - table", StringComparison.Ordinal) || line.StartsWith("#       ", StringComparison.Ordinal)));

        var configuration = _files.Right(ConfigurationFixture.Smallest + string.Join('\n', lines.Select(line => line[2..]).TakeWhile(line => !line.Contains("tables were", StringComparison.Ordinal))));

        configuration.Retention.Rules.Select(rule => (QualifiedName.TryParse(rule.Table, out var schema, out var name), schema, name, rule.Column)).ShouldBe([
            (true, "Odd.Schema \"x\"", "weird: # name_logs", "Created_At"),
            (true, "public", "line\nbreak_log", "a'b: {c}"),
            (true, "public", "parted_events", "happened"),
        ]);
        configuration.Sessions.Rules.ShouldHaveSingleItem().Column.ShouldBe("expires");
    }

    [Fact]
    public async Task The_proposed_queries_run_on_the_database_they_are_for()
    {
        await using var database = await server.CreateDatabaseAsync(Token, SceneScout);
        var proposal = Proposer.Propose(await Inventory.ReadAsync(database.Door, Token), "UTC");

        (await database.Door.ScalarAsync<long>(proposal.ActiveUsersQuery!, Token)).ShouldBe(0);
        (await database.Door.ScalarAsync<long>(proposal.QueueDepthQuery!, Token)).ShouldBe(0);
    }

    [Fact]
    public async Task The_verb_writes_a_file_for_its_owner_only_without_the_address()
    {
        await using var database = await server.CreateDatabaseAsync(Token, SceneScout);

        var (status, answer, log) = await UpkeepCall.RunAsync("init", "--database", Url(database, ":s3cr3tword"), "--output", File);

        status.ShouldBe(ExitStatus.Success, log);
        answer.ShouldContain("7 tables found");
        System.IO.File.ReadAllText(File).ShouldNotContain("s3cr3tword");
        System.IO.File.ReadAllText(File).ShouldStartWith("# yaml-language-server: $schema=file:///");
        System.IO.File.GetUnixFileMode(File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (answer + log).ShouldNotContain("s3cr3tword");
        _files.Variables["DATABASE_URL"] = Url(database, "");
        _files.LoadFile(File).Problems.ShouldBeEmpty();
        (await SchemaTests.ObjectionsAsync(System.IO.File.ReadAllText(File))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_is_there_is_only_overwritten_when_told_to()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        System.IO.File.WriteAllText(File, "mine");

        var (status, _, log) = await UpkeepCall.RunAsync("init", "--database", Url(database, ""), "--output", File);
        status.ShouldBe(ExitStatus.Usage);
        log.ShouldContain("--force");
        System.IO.File.ReadAllText(File).ShouldBe("mine");

        (await UpkeepCall.RunAsync("init", "--force", "--database", Url(database, ""), "--output", File)).Status.ShouldBe(ExitStatus.Success);
        System.IO.File.ReadAllText(File).ShouldContain("platform:");
    }

    [Theory]
    [InlineData("postgres://u:s3cr3tword@127.0.0.1:1/app", "can't be reached")]
    [InlineData("postgres://u:s3cr3tword@127.0.0.1:1", "names no database")]
    [InlineData("file:/nowhere/at/all", "there is no file")]
    public async Task An_address_that_leads_nowhere_ends_with_status_2_and_no_file(string url, string part)
    {
        var (status, _, log) = await UpkeepCall.RunAsync("init", "--database", url, "--output", File);

        status.ShouldBe(ExitStatus.Usage);
        log.ShouldContain(part);
        log.ShouldContain("hint: ");
        log.ShouldNotContain("s3cr3tword");
        System.IO.File.Exists(File).ShouldBeFalse();
    }

    private async Task<string> TextAsync(string schema)
    {
        await using var database = await server.CreateDatabaseAsync(Token, schema.Length == 0 ? null : schema);
        return ConfigurationText.Write(Proposer.Propose(await Inventory.ReadAsync(database.Door, Token), "America/Toronto"), null);
    }

    private async Task<UpkeepConfiguration> WrittenAsync(string schema)
    {
        _files.Variables["DATABASE_URL"] = "postgres://app@db.test/app";
        return _files.Right(await TextAsync(schema));
    }

    private static string Url(TestDatabase database, string password) =>
        $"postgres://upkeep_demo{password}@127.0.0.1:{database.Cluster.Port}/{database.Name}?sslmode=disable";
}
