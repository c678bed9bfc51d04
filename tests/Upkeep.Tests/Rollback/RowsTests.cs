using Upkeep.Journal;
using Upkeep.Maintenance;
using Upkeep.Reports;
using Upkeep.Rollback.Rows;
using Upkeep.Running;
using Upkeep.Testing;

namespace Upkeep.Tests.Rollback;

/// <summary>What was written after the backup is found, listed, and carried over where that can be done without guessing.</summary>
public sealed class RowsTests(PostgresServer server)
{
    private const string Written = """
        insert into customers (name) values ('late');
        insert into orders (customer, note) select 51, 'late, "' || g from generate_series(1, 450) g;
        update orders set note = 'changed' where id in (7, 8);
        delete from orders where id = 9
        """;

    [Fact]
    public async Task What_was_written_after_the_backup_is_listed_per_table_with_both_versions()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync(Written);

        var rows = RollbackCase.Steps(await test.FullAsync())[1];

        rows.Status.ShouldBe(StepStatus.Attention, rows.Reason);
        Measure(rows, "rows_written_after_backup", "public.orders").ShouldBe(450);
        Measure(rows, "rows_changed_after_backup", "public.orders").ShouldBe(2);
        Measure(rows, "rows_deleted_after_backup", "public.orders").ShouldBe(1);
        Measure(rows, "rows_written_after_backup", "public.customers").ShouldBe(1);
        Measure(rows, "rows_written_after_backup", "public.seen").ShouldBe(450);
        rows.Findings.ShouldContain(finding => finding.Code == "rows-not-in-live" && finding.Subject == "public.orders" && finding.Hint!.Contains("--carry-over"));
        var list = Path.Combine(test.Root, RollbackCase.Run, "rollback/rows-public.orders.csv");
        var lines = await File.ReadAllLinesAsync(list, TestContext.Current.CancellationToken);
        lines.Length.ShouldBe(1 + 450 + 4 + 1);
        lines.Count(line => line.StartsWith("changed,replaced,1,", StringComparison.Ordinal) && line.EndsWith(",changed", StringComparison.Ordinal)).ShouldBe(2);
        lines.Count(line => line.StartsWith("changed,restored,1,", StringComparison.Ordinal)).ShouldBe(2);
        lines.Count(line => line.StartsWith("gone,restored,1,", StringComparison.Ordinal)).ShouldBe(1);
        (File.GetUnixFileMode(list) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)).ShouldBe(UnixFileMode.None);
    }

    [Fact]
    public async Task New_rows_are_carried_over_and_changed_ones_are_conflicts_that_are_listed()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync(Written);

        var rows = RollbackCase.Steps(await test.FullAsync(CarryOver.New))[1];

        rows.Status.ShouldBe(StepStatus.Attention, rows.Reason);
        (await test.ScalarAsync<long>("select count(*) from orders")).ShouldBe(2450);
        (await test.ScalarAsync<long>("select count(*) from orders o join customers c on c.id = o.customer where c.name = 'late'")).ShouldBe(450);
        // Carried rows are as they were: nothing fires for them.
        (await test.ScalarAsync<long>("select count(*) from seen")).ShouldBe(2000);
        (await test.ScalarAsync<string>("select tgenabled::text from pg_trigger where tgname = 'log_order'")).ShouldBe("O");
        (await test.ScalarAsync<string>("select note from orders where id = 7")).ShouldBe("order 7");
        var conflicts = await File.ReadAllLinesAsync(Path.Combine(test.Root, RollbackCase.Run, "rollback/conflicts.csv"), TestContext.Current.CancellationToken);
        conflicts.Skip(1).ShouldAllBe(line => line.StartsWith("public.orders,", StringComparison.Ordinal));
        conflicts.Length.ShouldBe(3);
        Measure(rows, "rows_carried_over", null).ShouldBe(451);
    }

    [Fact]
    public async Task A_row_of_the_backup_that_a_user_deletes_while_rows_are_carried_over_is_not_put_back()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync("insert into customers (name) values ('late'); insert into orders (customer, note) values (51, 'late')");
        await using var doors = Doors.Open(test.Configuration, Upkeep.Redaction.Redactor.None, TimeProvider.System);
        // Between the look and the act: the step says in between what it would do.
        var rollback = new FullRollback(new Platform(test.Configuration, "", doors, []), happened =>
        {
            if (happened is RunEvent.StepMoved { Progress: { StepId: RowsStep.Id, Unit: "rows", Subject: "public.customers" } })
                test.ExecuteAsync("delete from orders where id = 100").GetAwaiter().GetResult();
        });

        var rows = RollbackCase.Steps(await rollback.RunAsync(new FullRollbackRequest(RollbackCase.Run, CarryOver.New), test.Stop, TestContext.Current.CancellationToken))[1];

        // The log without a key is listed only.
        rows.Status.ShouldBe(StepStatus.Attention, rows.Reason);
        (await test.ScalarAsync<long>("select count(*) from orders where note = 'late'")).ShouldBe(1);
        (await test.ScalarAsync<long>("select count(*) from orders where id = 100")).ShouldBe(0);
    }

    [Fact]
    public async Task What_was_left_in_conflict_can_be_asked_for_once_more()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync(Written);
        await test.FullAsync(CarryOver.New);

        var rows = RollbackCase.Steps(await test.FullAsync(CarryOver.NewAndChanged))[1];

        rows.Status.ShouldBe(StepStatus.Attention, rows.Reason);
        Measure(rows, "rows_in_conflict", null).ShouldBe(0);
        (await test.ScalarAsync<long>("select count(*) from orders where note = 'changed'")).ShouldBe(2);
        (await test.ScalarAsync<long>("select count(*) from orders")).ShouldBe(2450);
    }

    [Fact]
    public async Task After_going_back_and_rolling_back_once_more_the_rows_are_carried_over_again()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync(Written);
        await test.FullAsync(CarryOver.New);
        RollbackCase.Proof(await test.BackAsync()).Holds.ShouldBeTrue();
        await test.ExecuteAsync("insert into customers (name) values ('later')");

        var rows = RollbackCase.Steps(await test.FullAsync(CarryOver.New))[1];

        Measure(rows, "rows_carried_over", null).ShouldBe(452);
        (await test.ScalarAsync<long>("select count(*) from customers where name in ('late', 'later')")).ShouldBe(2);
    }

    [Theory]
    [InlineData(new[] { "(0,1)", "(0,2)", "(0,3)" }, "0,1-3")]
    [InlineData(new[] { "(12,7)", "(3,2)", "(12,9)", "(12,8)" }, "3,2-2 12,7-9")]
    [InlineData(new string[0], "")]
    public void Places_of_rows_are_packed_and_come_back(string[] places, string packed)
    {
        RowPlaces.Pack(places).ShouldBe(packed);
        RowPlaces.Unpack(packed).ShouldBe(places, ignoreOrder: true);
    }

    [Fact]
    public async Task Asked_for_changed_rows_too_the_newer_version_is_taken()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync(Written);

        var rows = RollbackCase.Steps(await test.FullAsync(CarryOver.NewAndChanged))[1];

        (await test.ScalarAsync<long>("select count(*) from orders where note = 'changed'")).ShouldBe(2);
        (await test.ScalarAsync<long>("select count(*) from orders where id = 9")).ShouldBe(1);
        Measure(rows, "rows_in_conflict", null).ShouldBe(0);
    }

    [Fact]
    public async Task What_users_did_after_the_swap_stands_and_is_never_overwritten()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync("insert into customers (name) values ('twice'), ('late'); update orders set note = 'changed' where id in (7, 8)");
        await test.FullAsync();
        await test.ExecuteAsync("insert into customers (name) values ('twice'); insert into orders (customer, note) values (1, 'after')");

        var rows = RollbackCase.Steps(await test.FullAsync(CarryOver.New))[1];

        Measure(rows, "rows_carried_over", null).ShouldBe(1);
        (await test.ScalarAsync<long>("select count(*) from customers where name in ('twice', 'late')")).ShouldBe(2);
        (await test.ScalarAsync<long>("select count(*) from orders where note = 'after'")).ShouldBe(1);
        (await File.ReadAllTextAsync(Path.Combine(test.Root, RollbackCase.Run, "rollback/conflicts.csv"), TestContext.Current.CancellationToken)).ShouldContain("same unique value");
    }

    [Fact]
    public async Task A_table_in_which_users_deleted_after_the_swap_is_not_guessed_about()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync("insert into orders (customer, note) values (1, 'late')");
        await test.FullAsync();
        await test.ExecuteAsync("delete from orders where id = 100");

        var rows = RollbackCase.Steps(await test.FullAsync(CarryOver.New))[1];

        rows.Findings.ShouldContain(finding => finding.Message.Contains("deleted in the live database after the swap", StringComparison.Ordinal));
        (await test.ScalarAsync<long>("select count(*) from orders where id = 100 or note = 'late'")).ShouldBe(0);
    }

    [Fact]
    public async Task Odd_tables_are_listed_with_the_reason_why_they_stay()
    {
        const string odd = """
            create table "o;dd ""t" ("a b" text, "C" numeric, primary key ("C", "a b"));
            insert into "o;dd ""t" values ('é', 1.0), ('=1+1', 2);
            create table grown (id int primary key, v int); insert into grown values (1, 1);
            create table part (id int, v text, primary key (id)) partition by range (id);
            create table part_1 partition of part for values from (0) to (100); insert into part values (1, 'a');
            """;
        await using var test = await RollbackCase.CreateAsync(server, odd);
        await test.ExecuteAsync("""
            insert into "o;dd ""t" values ('𝄞', 3), ('', 4.50); insert into part values (2, 'b');
            alter table grown add column w text default 'w'; insert into grown values (2, 2); create table made (id int primary key); insert into made values (1)
            """);

        var rows = RollbackCase.Steps(await test.FullAsync(CarryOver.New))[1];

        (await test.ScalarAsync<long>("select count(*) from \"o;dd \"\"t\"")).ShouldBe(4);
        (await test.ScalarAsync<long>("select count(*) from part")).ShouldBe(2);
        rows.Findings.ShouldContain(finding => finding.Subject == "public.made" && finding.Message.Contains("made after the backup", StringComparison.Ordinal));
        rows.Findings.ShouldContain(finding => finding.Subject == "public.grown" && finding.Message.Contains("other columns", StringComparison.Ordinal));
        (await test.ScalarAsync<long>("select count(*) from grown")).ShouldBe(1);
    }

    private static double? Measure(StepDocument step, string name, string? subject) =>
        step.Measures.Where(measure => measure.Name == name && measure.Subject == subject).Select(measure => measure.After ?? measure.Before).SingleOrDefault();
}
