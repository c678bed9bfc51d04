using Upkeep.Journal;
using Upkeep.Running;
using Upkeep.Testing;
using static Upkeep.Tests.Database.Retention.RetentionCase;

namespace Upkeep.Tests.Database.Retention;

/// <summary>An undo that couldn't put everything back, run again once the cause is mended.</summary>
public sealed class RestoreAgainTests(PostgresServer server)
{
    private const string Logs = """
        create table public.logs (id int primary key, at timestamptz, note text);
        insert into public.logs select g, now() - (g % 200) * interval '1 day', md5(g::text) from generate_series(1, 4000) g;
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_whose_key_was_taken_goes_back_once_the_key_is_free()
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs"));
        var before = await test.ContentAsync("logs");
        await CollideAsync(test);

        var still = await test.UndoAsync();
        await test.Database.ExecuteAsync("delete from public.logs where note = 'newcomer'", Token);
        var proof = await test.UndoAsync();

        still.Holds.ShouldBeFalse();
        still.Summary.ShouldContain("1 row stays in the archive because another row has its key now");
        proof.Holds.ShouldBeTrue(proof.Summary);
        (await test.ContentAsync("logs")).ShouldBe(before);
    }

    [Fact]
    public async Task Rows_without_a_key_that_went_back_are_not_put_back_twice()
    {
        // A unique key holds any number of nulls: only what stayed behind may be tried again.
        await using var test = await CreateAsync(server, """
            create table public.logs (id int unique, at timestamptz, note text);
            insert into public.logs select case when g % 2 = 0 then g end, now() - interval '100 days', md5(g::text) from generate_series(1, 400) g;
            """, Rule("logs"));
        var before = await test.ContentAsync("logs");
        await CollideAsync(test);

        await test.Database.ExecuteAsync("delete from public.logs where note = 'newcomer'", Token);
        var proof = await test.UndoAsync();

        proof.Holds.ShouldBeTrue(proof.Summary);
        (await test.ContentAsync("logs")).ShouldBe(before);
    }

    [Fact]
    public async Task Rows_that_a_later_undo_put_back_count_as_there()
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs"));
        var before = await test.ContentAsync("logs");
        await CollideAsync(test);
        await test.Database.ExecuteAsync("delete from public.logs where note = 'newcomer'", Token);
        using (var later = new StepHarness())
        {
            (await later.RunAsync(Token, test.Step)).Status.ShouldBe(StepStatus.Succeeded);
            (await later.UndoAsync(test.Step, Token)).Holds.ShouldBeTrue();
        }

        var proof = await test.UndoAsync();

        proof.Holds.ShouldBeTrue(proof.Summary);
        (await test.ContentAsync("logs")).ShouldBe(before);
    }

    [Fact]
    public async Task Rows_that_were_changed_since_are_counted_and_named()
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs"));
        await CollideAsync(test);
        await test.Database.ExecuteAsync("delete from public.logs where note = 'newcomer'; update public.logs set note = 'mine' where id in (101, 102)", Token);

        var proof = await test.UndoAsync();

        proof.Holds.ShouldBeFalse();
        proof.Summary.ShouldContain("2 of the 3,400 rows of the archive are not in the table as they were");
        (await test.CountAsync("logs")).ShouldBe(4000);
        (await test.CountAsync("logs", "note = 'mine'")).ShouldBe(2);
    }

    // Takes the key of an archived row before the undo.
    private static async Task<Proof> CollideAsync(RetentionCase test)
    {
        (await test.RunAsync()).Status.ShouldBe(StepStatus.Succeeded);
        await test.Database.ExecuteAsync("insert into public.logs values (100, now(), 'newcomer')", Token);
        var proof = await test.UndoAsync();
        proof.Holds.ShouldBeFalse();
        return proof;
    }
}
