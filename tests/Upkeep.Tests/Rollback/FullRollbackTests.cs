using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Maintenance;
using Upkeep.Redaction;
using Upkeep.Reports;
using Upkeep.Testing;

namespace Upkeep.Tests.Rollback;

/// <summary>The whole database from its backup, and the way back, on a real server.</summary>
public sealed class FullRollbackTests(PostgresServer server)
{
    private const string Written = "insert into customers (name) values ('late'); insert into orders (customer, note) values (51, 'late'); update orders set note = 'other' where id = 7; delete from orders where id = 9";

    [Fact]
    public async Task The_database_is_as_the_backup_has_it_and_the_replaced_one_is_kept()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        var backedUp = await test.ContentAsync();
        await test.ExecuteAsync(Written);
        var replaced = await test.ContentAsync();

        var outcome = (await test.FullAsync()).ShouldBeOfType<RollbackOutcome.Full>();

        outcome.Steps[0].Status.ShouldBe(StepStatus.Succeeded, outcome.Steps[0].Reason);
        outcome.Status.ShouldBe(RunStatus.RolledBack);
        (await test.ContentAsync()).ShouldBe(backedUp);
        var names = await test.NamesAsync();
        names.Count.ShouldBe(2);
        names[1].ShouldStartWith($"{test.Database.Name}_replaced_");
        (await test.ContentAsync(names[1])).ShouldBe(replaced);
        outcome.Steps[0].Measures.ShouldContain(measure => measure.Name == "swap_downtime" && measure.After > 0);
        outcome.Steps[0].UndoHint!.ShouldContain("--back");
        RunDocument.Parse(await File.ReadAllTextAsync(Path.Combine(test.Root, RollbackCase.Run, "run.json"), TestContext.Current.CancellationToken)).Status.ShouldBe(RunStatus.RolledBack);
    }

    [Fact]
    public async Task Going_back_makes_the_replaced_one_live_and_going_back_twice_changes_nothing()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync(Written);
        var before = await test.ContentAsync();
        await test.FullAsync();

        RollbackCase.Proof(await test.BackAsync()).Holds.ShouldBeTrue();
        (await test.ContentAsync()).ShouldBe(before);
        var names = await test.NamesAsync();
        var again = RollbackCase.Proof(await test.BackAsync());

        again.Holds.ShouldBeTrue();
        again.Summary.ShouldContain("already");
        (await test.NamesAsync()).ShouldBe(names);
        (await test.ContentAsync()).ShouldBe(before);
        names.ShouldContain(name => name.Contains("_restored_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_going_back_it_can_be_rolled_back_again()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        var backedUp = await test.ContentAsync();
        await test.ExecuteAsync(Written);
        await test.FullAsync();
        await test.BackAsync();

        var steps = RollbackCase.Steps(await test.FullAsync());

        steps[0].Status.ShouldBe(StepStatus.Succeeded, steps[0].Reason);
        (await test.ContentAsync()).ShouldBe(backedUp);
        var back = RollbackCase.Proof(await test.BackAsync());
        (await test.ScalarAsync<long>("select count(*) from orders where note = 'late'")).ShouldBe(1, back.Summary + string.Join(",", await test.NamesAsync()));
    }

    [Fact]
    public async Task What_was_written_after_the_rollback_is_listed_when_it_is_gone_back_from()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync(Written);
        await test.FullAsync(Upkeep.Rollback.Rows.CarryOver.New);
        await test.ExecuteAsync("insert into orders (customer, note) values (1, 'between'); update customers set name = 'renamed' where id = 3");

        RollbackCase.Proof(await test.BackAsync()).Holds.ShouldBeTrue();

        var folder = Path.Combine(test.Root, RollbackCase.Run, "rollback");
        var orders = await File.ReadAllLinesAsync(Path.Combine(folder, "back-public.orders.csv"), TestContext.Current.CancellationToken);
        orders.Length.ShouldBe(2);
        orders[1].ShouldStartWith("new,left,1,");
        (await File.ReadAllTextAsync(Path.Combine(folder, "back-public.customers.csv"), TestContext.Current.CancellationToken)).ShouldContain("renamed");
        using var journal = test.Journal();
        journal.Read(RollbackCase.Run).Select(entry => entry.Fact).OfType<FindingRaised>().Count(raised => raised.Finding.Code == "rows-left-behind").ShouldBe(3);
    }

    [Fact]
    public async Task What_belongs_to_the_database_itself_comes_along()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        var name = test.Database.Name;
        await test.ExecuteAsync($"""
            create role owner_of_{name}; create role reader_of_{name};
            alter database {name} owner to owner_of_{name};
            alter database {name} set search_path to "$user", public, 'odd schema'; alter database {name} set work_mem to '7MB';
            alter role reader_of_{name} in database {name} set statement_timeout to '3s';
            revoke connect on database {name} from public; grant connect on database {name} to reader_of_{name} with grant option;
            comment on database {name} is 'the shop''s own'; alter database {name} connection limit 77
            """);
        const string look = """
            select pg_get_userbyid(datdba) || datconnlimit || shobj_description(oid, 'pg_database') || datcollate || datctype || encoding
              || (select string_agg(a::text, ',' order by a::text) from unnest(datacl) a)
              || (select string_agg(setrole::regrole || setconfig::text, ',' order by setrole) from pg_db_role_setting where setdatabase = oid)
            from pg_database where datname = current_database()
            """;
        var before = await test.ScalarAsync<string>(look);

        var steps = RollbackCase.Steps(await test.FullAsync());

        steps[0].Status.ShouldBe(StepStatus.Succeeded, steps[0].Reason);
        (await test.ScalarAsync<string>(look)).ShouldBe(before);
    }

    [Fact]
    public async Task No_id_is_given_out_twice()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        var last = await test.ScalarAsync<long>("insert into orders (customer, note) values (1, 'late') returning id");

        await test.FullAsync();

        (await test.ScalarAsync<long>("insert into orders (customer, note) values (1, 'new') returning id")).ShouldBeGreaterThan(last);
        var next = await test.ScalarAsync<long>("insert into orders (customer, note) values (1, 'new') returning id");
        await test.BackAsync();
        (await test.ScalarAsync<long>("insert into orders (customer, note) values (1, 'newer') returning id")).ShouldBeGreaterThan(next);
    }

    [Fact]
    public async Task A_run_that_was_rolled_back_as_a_whole_is_neither_resumed_nor_undone_step_by_step()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.FullAsync();

        await using var doors = Doors.Open(test.Configuration, Redactor.None, TimeProvider.System);
        var platform = new Platform(test.Configuration, "", doors, []);
        var undone = await new StepRollback(platform, _ => { }).RunAsync(RollbackCase.Run, null, test.Stop, TestContext.Current.CancellationToken);
        var resumed = await new MaintenanceRun(platform, _ => { }).RunAsync(new RunRequest { Resume = true, IgnoreWindow = true }, test.Stop, TestContext.Current.CancellationToken);

        undone.ShouldBeOfType<RollbackOutcome.Refused>().Hint.ShouldContain("--back");
        resumed.ShouldBeOfType<RunOutcome.NothingToResume>().Reason.ShouldContain("rolled back as a whole");
    }

    [Fact]
    public async Task Services_are_stopped_before_the_swap_and_started_after_it_in_the_opposite_order()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        var log = Path.Combine(test.Root, "services.log");
        test.Configuration = test.Configuration with
        {
            Rollback = new() { Services = [Service("web"), Service("worker")] },
        };

        var steps = RollbackCase.Steps(await test.FullAsync());

        steps[0].Status.ShouldBe(StepStatus.Succeeded, steps[0].Reason);
        (await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken)).ShouldBe(["stop web", "stop worker", "start worker", "start web"]);

        ServiceSettings Service(string name)
        {
            var runs = Path.Combine(test.Root, name);
            File.WriteAllText(runs, "");
            return new()
            {
                Name = name, Kind = ServiceKind.Command, Status = ["test", "-e", runs],
                Stop = ["sh", "-c", $"rm '{runs}'; echo stop {name} >> '{log}'"], Start = ["sh", "-c", $"touch '{runs}'; echo start {name} >> '{log}'"],
            };
        }
    }
}
