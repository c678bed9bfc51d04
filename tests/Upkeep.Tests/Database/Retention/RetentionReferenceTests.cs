using Upkeep.Journal;
using Upkeep.Testing;
using static Upkeep.Tests.Database.Retention.RetentionCase;

namespace Upkeep.Tests.Database.Retention;

public sealed class RetentionReferenceTests(PostgresServer server)
{
    [Theory]
    [InlineData("restrict", false)]
    [InlineData("no action", false)]
    [InlineData("cascade", true)]
    [InlineData("set null", true)]
    [InlineData("set default", true)]
    public async Task Rows_that_others_refer_to_stay_and_so_do_those_others(string action, bool silent)
    {
        await using var test = await CreateAsync(server, $"""
            create table public.parent (id int primary key, at timestamptz);
            create table public.child (id int primary key, parent int references public.parent on delete {action});
            insert into public.parent select g, now() - g * interval '1 day' from generate_series(1, 200) g;
            insert into public.child select g, g from generate_series(1, 200, 2) g;
            """, Rule("parent"));
        var children = await test.ContentAsync("child");

        var end = await test.RunAsync();

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        end.Summary.ShouldContain("none older left but 85 that other rows refer to");
        (await test.ContentAsync("child")).ShouldBe(children);
        (await test.CountAsync("parent", "id % 2 = 1")).ShouldBe(100);
        (await test.CountAsync("parent", "id % 2 = 0 and id > 30")).ShouldBe(0);
        var finding = test.Harness.Findings(Id).Single(one => one.Code == "referenced-rows-kept");
        // The rule says parent; the table has one name, whoever tells of it.
        test.Harness.Measures(Id).Select(measure => measure.Subject).Distinct().ShouldBe(["public.parent"]);
        test.Harness.Measures(Id).Single(measure => measure is { Name: "due_rows", Look: Look.After }).Value.ShouldBe(85);
        finding.Message.Contains("silently", StringComparison.Ordinal).ShouldBe(silent);
        (await test.UndoAsync()).Holds.ShouldBeTrue();
        (await test.CountAsync("parent")).ShouldBe(200);
    }

    [Fact]
    public async Task A_proof_may_take_longer_than_a_look_at_the_database_may()
    {
        // Slow only once nothing removable is left: then it is the second look that meets the row which stays.
        await using var test = await CreateAsync(server, """
            create table public.parent (id int primary key, at timestamptz);
            create table public.child (parent int references public.parent);
            insert into public.parent select g, now() - g * interval '1 day' from generate_series(1, 60) g;
            insert into public.child values (60);
            create function public.slow_at_the_end() returns boolean language plpgsql volatile as $$
            begin
              if not exists (select from public.parent where id between 31 and 59) then perform pg_sleep(0.6); end if;
              return true;
            end $$;
            """, Rule("parent", where: "public.slow_at_the_end()"), settings => settings with { Database = settings.Database with { StatementTimeout = TimeSpan.FromMilliseconds(500) } });

        var end = await test.RunAsync();

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        (await test.CountAsync("parent")).ShouldBe(30);
    }

    [Fact]
    public async Task Tables_that_refer_to_others_go_first_and_come_back_last()
    {
        await using var test = await CreateAsync(server, """
            create table public.parent (id int primary key, at timestamptz);
            create table public.child (id int primary key, at timestamptz, parent int not null references public.parent);
            insert into public.parent select g, now() - g * interval '1 day' from generate_series(1, 200) g;
            insert into public.child select g, now() - g * interval '1 day', g from generate_series(1, 200) g;
            """, [Rule("parent"), Rule("child")]);
        (await test.RunAsync()).Status.ShouldBe(StepStatus.Succeeded);
        (await test.CountAsync("parent")).ShouldBeLessThanOrEqualTo(30);
        (await test.CountAsync("child")).ShouldBeLessThanOrEqualTo(30);
        (await test.UndoAsync()).Holds.ShouldBeTrue();
        (await test.CountAsync("parent")).ShouldBe(200);
        (await test.CountAsync("child")).ShouldBe(200);
    }

    [Fact]
    public async Task A_tree_goes_from_its_leaves_and_comes_back_from_its_roots()
    {
        await using var test = await CreateAsync(server, """
            create table public.node (id int primary key, at timestamptz, parent int references public.node);
            insert into public.node select g, now() - interval '40 days', nullif(g / 3, 0) from generate_series(1, 300) g;
            insert into public.node values (1000, now(), 299);
            """, Rule("node"));
        var before = await test.ContentAsync("node");
        (await test.RunAsync()).Status.ShouldBe(StepStatus.Succeeded);
        // What a new row hangs on stays: 299, 99, 33, 11, 3, 1.
        (await test.CountAsync("node")).ShouldBe(7);
        (await test.UndoAsync()).Holds.ShouldBeTrue();
        (await test.ContentAsync("node")).ShouldBe(before);
    }

    [Fact]
    public async Task Delete_triggers_are_told_of()
    {
        await using var test = await CreateAsync(server, """
            create table public.t (id int, at timestamptz); insert into public.t values (1, '2026-01-01');
            create function public.f() returns trigger language plpgsql as 'begin return old; end';
            create trigger watch before delete on public.t for each row execute function public.f();
            """, Rule("t"));
        (await test.RunAsync()).Status.ShouldBe(StepStatus.Succeeded);
        test.Codes.ShouldContain("delete-triggers");
    }

    [Fact]
    public async Task A_trigger_that_keeps_rows_is_found_out()
    {
        await using var test = await CreateAsync(server, """
            create table public.t (id int, at timestamptz); insert into public.t select g, '2026-01-01' from generate_series(1, 10) g;
            create function public.f() returns trigger language plpgsql as 'begin return case when old.id > 5 then old end; end';
            create trigger watch before delete on public.t for each row execute function public.f();
            """, Rule("t"));
        var end = await test.RunAsync();
        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason.ShouldNotBeNull().ShouldContain("5 rows of public.t older than");
    }
}
