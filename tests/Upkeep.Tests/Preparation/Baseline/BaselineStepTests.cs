using Npgsql;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Postgres.Catalog;
using Upkeep.Preparation.Baseline;
using Upkeep.Redaction;
using Upkeep.Running;
using Upkeep.Testing;

namespace Upkeep.Tests.Preparation.Baseline;

public sealed class BaselineStepTests(PostgresServer server) : IDisposable
{
    private const string Id = "preparation.baseline";

    private readonly StepHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Tables_indexes_and_statements_are_kept_as_evidence_whatever_their_names()
    {
        await using var database = await server.CreateDatabaseAsync(Token,
            """
            create extension pg_stat_statements;
            create schema "other";
            create table public."Mixed ""Case"", x" (id int primary key);
            create table other."Mixed ""Case"", x" (id int primary key);
            create table public."=HYPERLINK(1)" (id int);
            """);
        await database.ExecuteAsync("select count(*) /* a comment */ from public.\"=HYPERLINK(1)\" where id = 4711", Token);

        var end = await RunAsync(database.Door);

        end.Status.ShouldBe(StepStatus.Succeeded);
        end.Summary.ShouldStartWith("3 tables and 2 indexes; 0 dead rows;");
        var tables = await ReadAsync("baseline-tables.csv");
        tables.ShouldContain("\r\npublic,\"Mixed \"\"Case\"\", x\",table,");
        tables.ShouldContain("\r\nother,\"Mixed \"\"Case\"\", x\",table,");
        tables.ShouldContain("\r\npublic,'=HYPERLINK(1),table,");
        (await ReadAsync("baseline-indexes.csv")).ShouldContain("Mixed \"\"Case\"\", x_pkey");
        (await ReadAsync("baseline-statements.csv")).ShouldContain("\"select count(*) from public.\"\"=HYPERLINK(1)\"\" where id = $1\"");
    }

    [Fact]
    public async Task A_database_without_tables_has_a_baseline_too()
    {
        await using var database = await server.CreateDatabaseAsync(Token);

        var end = await RunAsync(database.Door);

        end.Status.ShouldBe(StepStatus.Succeeded);
        _harness.Measures(Id).Single(measure => measure.Name == "tables").Value.ShouldBe(0);
        (await ReadAsync("baseline-tables.csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Without_the_extension_statements_are_not_checked_and_the_rest_is()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "create table t (id int)");

        var end = await RunAsync(database.Door);

        end.Status.ShouldBe(StepStatus.Succeeded);
        var finding = _harness.Findings(Id).Single();
        (finding.Severity, finding.Code).ShouldBe((Severity.Info, "statements-not-checked"));
        finding.Message.ShouldContain("the extension pg_stat_statements is not in this database");
        File.Exists(Path.Combine(_harness.Folder, "preparation/baseline-statements.csv")).ShouldBeFalse();
    }

    [Fact]
    public async Task An_extension_in_a_schema_of_its_own_is_found()
    {
        await using var database = await server.CreateDatabaseAsync(Token, """create schema "Ext x"; create extension pg_stat_statements schema "Ext x" """);
        await database.ExecuteAsync("select 1, 2, 3, 4, 5", Token);

        var look = await StatementCatalog.ReadAsync(database.Door, Token);

        look.Snapshot!.Statements.ShouldNotBeEmpty();
        (await StatementCatalog.TextsAsync(database.Door, [.. look.Snapshot.Statements.Select(stat => stat.QueryId)], 100, Token)).Values.ShouldContain("select $1, $2, $3, $4, $5");
    }

    [Fact]
    public async Task A_role_without_rights_gets_the_tables_and_is_told_which_statements_it_could_not_see()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "create extension pg_stat_statements; create table secret (id int)");
        await database.ExecuteAsync("select * from secret", Token);
        await using var door = new DatabaseDoor(await database.LimitedAsync(Token));

        var end = await RunAsync(door);

        end.Status.ShouldBe(StepStatus.Succeeded);
        _harness.Findings(Id).ShouldContain(finding => finding.Code == "statements-hidden");
        (await ReadAsync("baseline-tables.csv")).ShouldContain("secret");
    }

    [Fact]
    public async Task A_locked_table_does_not_stop_the_baseline()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "create table busy (id int primary key)");
        await using var other = new NpgsqlConnection(database.ConnectionString);
        await other.OpenAsync(Token);
        await using var transaction = await other.BeginTransactionAsync(Token);
        await other.ExecuteAsync("lock table busy in access exclusive mode", Token);

        (await RunAsync(database.Door)).Status.ShouldBe(StepStatus.Succeeded);
    }

    [Fact]
    public async Task An_unreachable_database_fails_the_step_with_a_hint()
    {
        await using var door = new DatabaseDoor(new DatabaseSettings { ConnectionString = "Host=127.0.0.1;Port=1;Database=scene;Username=u;Password=hunter2secret" });

        var end = await RunAsync(door);

        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason.ShouldBe("Database scene at 127.0.0.1:1 can't be reached: connection refused.");
        end.Hint.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_snapshot_comes_back_from_the_journal_as_it_went_in()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "create extension pg_stat_statements; create table t (id int primary key)");
        await RunAsync(database.Door);

        var back = JournalJson.FromElement<DatabaseSnapshot>(_harness.Facts<StepSurveyed>(Id).Single().Survey);

        back.Tables.Single().Table.ShouldBe(new TableName("public", "t"));
        back.Tables.Single().LastVacuum.ShouldBeNull();
        back.Statements.Snapshot!.Statements.ShouldNotBeEmpty();
    }

    private Task<StepEnded> RunAsync(DatabaseDoor door) => _harness.RunAsync(Token, new BaselineStep(door, Redactor.None));

    private Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(_harness.Folder, "preparation", file), Token);
}
