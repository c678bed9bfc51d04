using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Upkeep.Journal;
using Upkeep.Testing;
using static Upkeep.Tests.Database.Retention.RetentionCase;

namespace Upkeep.Tests.Database.Retention;

public sealed class RetentionGuardTests(PostgresServer server)
{
    private const string Logs = """
        create table public.logs (id int primary key, at timestamptz);
        insert into public.logs select g, now() - g * interval '1 day' from generate_series(1, 1000) g;
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_implausible_share_is_refused_with_its_figures_and_nothing_goes()
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs", days: 10, maxShare: 0.95));
        var end = await test.RunAsync();
        end.Status.ShouldBe(StepStatus.Refused);
        end.Reason.ShouldNotBeNull().ShouldContain("99");
        end.Reason.ShouldContain("1,000 rows");
        end.Hint.ShouldNotBeNull().ShouldContain("maxShare");
        (await test.CountAsync("logs")).ShouldBe(1000);
    }

    [Fact]
    public async Task A_rule_for_a_missing_table_fails_the_step_and_the_others_are_still_followed()
    {
        await using var test = await CreateAsync(server, Logs, [Rule("public.nowhere"), Rule("logs")]);
        var end = await test.RunAsync();
        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason.ShouldNotBeNull().ShouldContain("there is no table public.nowhere");
        end.Undo.ShouldBe(UndoState.Available);
        (await test.CountAsync("logs", "at < now() - interval '31 days'")).ShouldBe(0);
        (await test.UndoAsync()).Holds.ShouldBeTrue();
        (await test.CountAsync("logs")).ShouldBe(1000);
    }

    [Theory]
    [InlineData("logs", "nothing", null, "has no column nothing")]
    [InlineData("logs", "id", null, "holds no instant")]
    [InlineData("logs", "at", "id = ", "syntax error")]
    [InlineData("logs", "at", "1 = 1) or (1 = 1", "condition")]
    [InlineData("seen", "at", null, "is not a table")]
    public async Task A_rule_that_can_not_be_followed_says_why(string table, string column, string? where, string expected)
    {
        await using var test = await CreateAsync(server, Logs + "create view public.seen as table public.logs;", Rule(table, column, where: where));
        var end = await test.RunAsync();
        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason.ShouldNotBeNull().ShouldContain(expected);
        (await test.CountAsync("logs")).ShouldBe(1000);
    }

    [Fact]
    public async Task A_role_without_rights_is_told_what_to_grant()
    {
        await using var test = await CreateAsync(server, Logs + "drop role if exists retention_reader; create role retention_reader login; grant usage on schema public to retention_reader; grant select on public.logs to retention_reader;", Rule("logs"),
            settings => settings with { Database = settings.Database with { ConnectionString = As(settings.Database.ConnectionString, "retention_reader") } });
        var end = await test.RunAsync();
        end.Status.ShouldBe(StepStatus.Failed);
        end.Hint.ShouldNotBeNull().ShouldContain("grant select, delete");
    }

    [Fact]
    public async Task A_plain_role_with_rights_does_everything_and_the_blind_throttle_says_so()
    {
        await using var test = await CreateAsync(server, Logs + "drop role if exists retention_worker; create role retention_worker login; grant usage on schema public to retention_worker; grant select, insert, delete on public.logs to retention_worker;", Rule("logs"),
            settings => settings with { Database = settings.Database with { ConnectionString = As(settings.Database.ConnectionString, "retention_worker") }, Throttle = new() });
        var before = await test.ContentAsync("logs");
        (await test.RunAsync()).Status.ShouldBe(StepStatus.Succeeded);
        test.Codes.ShouldContain("throttle-blind");
        (await test.UndoAsync()).Holds.ShouldBeTrue();
        (await test.ContentAsync("logs")).ShouldBe(before);
    }

    [Fact]
    public async Task Of_two_clocks_the_earlier_counts()
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs"));
        var ahead = new FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(400));
        await using var door = new Upkeep.Postgres.DatabaseDoor(test.Database.Settings);
        test.Step = StepOf(new() { Platform = "Test", Database = test.Database.Settings, Throttle = new() { Enabled = false }, Retention = new() { Rules = [Rule("logs")] } }, door, ahead);
        var end = await test.Harness.RunAsync(dryRun: true, Token, test.Step);
        end.Summary.ShouldContain("971 of 1,000");
        test.Codes.ShouldContain("clock-skew");
    }

    [Fact]
    public async Task A_column_without_a_zone_is_read_by_the_later_clock_so_that_nothing_goes_too_soon()
    {
        await using var test = await CreateAsync(server, "create table public.t (at timestamp); insert into public.t values (timezone('utc', now()) - interval '30 days 1 hour'), (timezone('utc', now()) - interval '30 days 6 hours')",
            Rule("t"), settings => settings with { Window = settings.Window with { TimeZone = "America/Toronto" } });
        await test.RunAsync();
        (await test.CountAsync("t")).ShouldBe(1);
    }

    [Fact]
    public async Task Rows_that_row_security_hides_make_the_rule_fail()
    {
        await using var test = await CreateAsync(server, Logs + "drop role if exists retention_hidden; create role retention_hidden login; grant all on schema public to retention_hidden; grant all on public.logs to retention_hidden; alter table public.logs enable row level security; create policy p on public.logs using (id < 500);", Rule("logs"),
            settings => settings with { Database = settings.Database with { ConnectionString = As(settings.Database.ConnectionString, "retention_hidden") } });
        var end = await test.RunAsync();
        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason.ShouldNotBeNull().ShouldContain("row security");
    }

    private static string As(string connection, string role) => new NpgsqlConnectionStringBuilder(connection) { Username = role }.ToString();
}
