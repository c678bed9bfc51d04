using Npgsql;
using Upkeep.Journal;
using Upkeep.Reports;
using Upkeep.Rollback.Rows;
using Upkeep.Testing;

namespace Upkeep.Tests.Rollback;

/// <summary>Nothing that the restored database lacks goes untold, and nothing is claimed of what was not looked at.</summary>
public sealed class RowsToldTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Large_objects_that_changed_after_the_backup_need_a_person_before_the_replaced_database_is_dropped()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync("select lo_from_bytea(0, 'x')");

        var rows = await RowsAsync(test);

        rows.Status.ShouldBe(StepStatus.Attention, rows.Summary);
        rows.Summary!.ShouldNotContain("nothing was written");
        var told = rows.Findings.Where(finding => finding.Severity == Severity.Warning).ShouldHaveSingleItem();
        told.Message.ShouldContain("arge objects");
        told.Hint!.ShouldContain("_replaced_");
    }

    [Fact]
    public async Task A_table_whose_new_column_holds_values_is_listed_though_the_columns_of_the_backup_are_the_same()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync("alter table customers add column vip boolean, drop column name; update customers set vip = true where id = 5; alter table seen add column at int default 1");

        var rows = await RowsAsync(test);

        rows.Status.ShouldBe(StepStatus.Attention, rows.Summary);
        rows.Findings.ShouldContain(finding => finding.Subject == "public.customers" && finding.Message.Contains("1 changed", StringComparison.Ordinal) && finding.Message.Contains("other columns", StringComparison.Ordinal));
        rows.Findings.ShouldContain(finding => finding.Subject == "public.seen" && finding.Message.Contains("2,000 rows", StringComparison.Ordinal));
        var lines = await File.ReadAllLinesAsync(ListOf(test, "customers"), Token);
        lines[0].ShouldBe("what,version,times,id,vip");
        lines[1].ShouldBe("changed,replaced,1,5,true");
        lines[2].ShouldBe("changed,restored,1,5,");
    }

    [Fact]
    public async Task Tables_that_were_altered_or_made_and_hold_nothing_new_are_told_of_too()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync("alter table customers add column vip boolean; alter table orders drop column note; create table made (id int primary key)");

        var rows = await RowsAsync(test);

        rows.Status.ShouldBe(StepStatus.Succeeded, rows.Summary);
        rows.Findings.Where(finding => finding.Code is "table-was-altered" or "table-not-in-live").Select(finding => finding.Subject)
            .ShouldBe(["public.customers", "public.made", "public.orders"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_table_that_was_dropped_after_the_backup_counts_as_deleted_rows()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync("drop table seen cascade");

        var rows = await RowsAsync(test);

        rows.Summary!.ShouldContain("2,000 deleted, in 1 table");
        rows.Measures.ShouldContain(measure => measure.Name == "rows_deleted_after_backup" && measure.Subject == "public.seen" && measure.Before == 2000);
        rows.Findings.ShouldContain(finding => finding.Subject == "public.seen" && finding.Message.Contains("dropped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Carried_over_is_not_claimed_of_tables_whose_rows_were_not()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync("insert into orders (customer, note) values (1, 'late'); create table made (id int primary key); insert into made values (1)");

        var rows = await RowsAsync(test, CarryOver.New);

        rows.Summary!.ShouldContain("1 new row carried over");
        rows.Summary!.ShouldNotContain("every other row of the replaced database");
        rows.Summary!.ShouldContain("public.made");
        rows.Summary!.ShouldContain("public.seen");
    }

    [Fact]
    public async Task A_list_can_be_put_back_by_COPY_as_the_hint_says_with_every_value_as_it_was()
    {
        await using var test = await RollbackCase.CreateAsync(server, "create table odd (n int, t text, d date); insert into odd values (1, 'a', now());");
        await test.ExecuteAsync("""
            insert into odd values (-1, '-1', null), (2, '', '2026-01-02'), (3, null, null), (-4, '=1+1', null), (5, E'two\nlines, "quoted"\r\n', null), (6, '\.', null), (7, '@é ', null), (null, null, null)
            """);

        var rows = await RowsAsync(test);

        var list = ListOf(test, "odd");
        rows.Findings.ShouldContain(finding => finding.Hint!.Contains(list, StringComparison.Ordinal));
        await using var session = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(test.Database.ConnectionString) { Pooling = false }.ToString());
        await session.OpenAsync(Token);
        await using (var command = new NpgsqlCommand("create temporary table list as select ''::text what, ''::text version, 0::bigint times, t.* from odd t with no data", session))
            await command.ExecuteNonQueryAsync(Token);
        await using (var copy = await session.BeginTextImportAsync("copy list (what, version, times, d, n, t) from stdin (format csv, header)", Token))
            await copy.WriteAsync((await File.ReadAllTextAsync(list, Token)).AsMemory(), Token);
        await using (var command = new NpgsqlCommand("insert into odd select n, t, d from list where what = 'new'", session))
            (await command.ExecuteNonQueryAsync(Token)).ShouldBe(8);
        const string all = "select string_agg(o::text, ';' order by o::text) from odd o";
        (await test.ScalarAsync<string>(all)).ShouldBe(await test.ScalarAsync<string>(all, (await test.NamesAsync())[1]));
    }

    private static async Task<StepDocument> RowsAsync(RollbackCase test, CarryOver carryOver = CarryOver.No) => RollbackCase.Steps(await test.FullAsync(carryOver))[1];

    private static string ListOf(RollbackCase test, string table) => Path.Combine(test.Root, RollbackCase.Run, $"rollback/rows-public.{table}.csv");
}
