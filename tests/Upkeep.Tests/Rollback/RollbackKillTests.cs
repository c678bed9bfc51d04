using System.Diagnostics;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Maintenance;
using Upkeep.Testing;

namespace Upkeep.Tests.Rollback;

/// <summary>Real processes, really killed in every phase of a full rollback and of going back: there is always one whole database under the live name.</summary>
public sealed class RollbackKillTests(PostgresServer server)
{
    private const string Written = "insert into customers (name) values ('late'); insert into orders (customer, note) select 51, 'late' from generate_series(1, 20)";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Killed_in_every_phase_one_after_the_other_the_same_command_goes_on_and_going_back_brings_everything_back(int seed)
    {
        // Each process goes on from where the one before was killed. The swap is over in a moment, so its moments are tried more often.
        (string Phase, int Most)[] kills =
        [
            ("rollback.full", 400), ("restore beside", 300), ("prove the restored", 60), ("statistics", 60), ("stop services", 20), ("swap", 40), ("swap", 90), ("swap", 150),
            ("start services", 20), ("rollback.rows", 100),
        ];
        await using var test = await RollbackCase.CreateAsync(server);
        FileService.MakeIn(test.Root);
        test.Configuration = test.Configuration with { Rollback = new RollbackSettings { Services = FileService.In(test.Root) } };
        var backedUp = await test.ContentAsync();
        await test.ExecuteAsync(Written);
        var before = await test.ContentAsync();
        var random = new Random(seed);
        var hit = new List<string>();
        foreach (var (phase, most) in kills)
        {
            if (await KilledAsync(test, "full", phase, TimeSpan.FromMilliseconds(random.Next(most))))
                hit.Add(phase);
            new[] { backedUp, before }.ShouldContain(await test.ContentAsync(), phase);
        }
        // What a kill came too late for tests nothing; before the swap none may.
        hit.ShouldBe(kills.Select(kill => kill.Phase).Take(5).Concat(hit.Skip(5)), string.Join(", ", hit));
        hit.ShouldContain("swap");

        var steps = RollbackCase.Steps(await test.FullAsync());

        steps[0].Status.ShouldBe(StepStatus.Succeeded, steps[0].Reason);
        (await test.ContentAsync()).ShouldBe(backedUp);
        (await test.NamesAsync()).Count.ShouldBe(2);
        FileService.Runs(test.Root).ShouldBeTrue();
        RollbackCase.Proof(await test.BackAsync()).Holds.ShouldBeTrue();
        (await test.ContentAsync()).ShouldBe(before);
        FileService.Runs(test.Root).ShouldBeTrue();
    }

    [Theory]
    [InlineData("restore beside", 300)]
    [InlineData("prove the restored", 60)]
    [InlineData("swap", 120)]
    public async Task Killed_in_any_phase_it_can_be_gone_back_from_without_going_on(string phase, int most)
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync(Written);
        var before = await test.ContentAsync();
        await KilledAsync(test, "full", phase, TimeSpan.FromMilliseconds(new Random(most).Next(most)));

        var proof = RollbackCase.Proof(await test.BackAsync());

        proof.Holds.ShouldBeTrue(proof.Summary);
        (await test.ContentAsync()).ShouldBe(before);
        (await test.NamesAsync()).ShouldNotContain(name => name.Contains("_restoring_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Killed_before_the_swap_status_says_that_it_is_not_finished_and_what_to_type()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        (await KilledAsync(test, "full", "restore beside", TimeSpan.Zero)).ShouldBeTrue();
        await using var doors = Doors.Open(test.Configuration, Upkeep.Redaction.Redactor.None, TimeProvider.System);

        var run = RunStanding.Read(new Platform(test.Configuration, "", doors, [])).Run!;

        run.Status.ShouldBe(RunStatus.Attention);
        var step = run.Steps.Single(one => one.Id == "rollback.full");
        step.Reason!.ShouldContain($"upkeep rollback {RollbackCase.Run} --full");
        step.Findings.ShouldContain(finding => finding.Severity == Severity.Critical && finding.Code == "rollback-not-finished");
    }

    [Fact]
    public async Task A_row_that_was_carried_over_before_a_kill_and_deleted_by_a_user_since_is_not_put_back_by_the_resume()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync(Written);
        await test.FullAsync();
        // Customers go first; whoever holds the orders keeps the process between the two.
        await using (await Locked.HoldAsync(test.Database, "public.orders", Token, "share row exclusive"))
        {
            using var process = Start(test, "carry");
            while (await test.ScalarAsync<long>("select count(*) from customers where name = 'late'") == 0)
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
            process.Kill();
            await process.WaitForExitAsync(Token);
        }
        await test.ExecuteAsync("delete from customers where name = 'late'");

        var rows = RollbackCase.Steps(await test.FullAsync(Upkeep.Rollback.Rows.CarryOver.New))[1];

        (await test.ScalarAsync<long>("select count(*) from customers where name = 'late'")).ShouldBe(0);
        rows.Status.ShouldBe(StepStatus.Attention, rows.Reason);
        rows.Findings.ShouldContain(finding => finding.Code == "rows-in-conflict" && finding.Subject == "public.orders");
    }

    [Theory]
    [InlineData(30)]
    [InlineData(80)]
    [InlineData(160)]
    public async Task Killed_while_going_back_the_same_command_goes_on(int most)
    {
        await using var test = await RollbackCase.CreateAsync(server);
        var backedUp = await test.ContentAsync();
        await test.ExecuteAsync(Written);
        var before = await test.ContentAsync();
        await test.FullAsync();
        for (var kill = 0; kill < 2; kill++)
        {
            await KilledAsync(test, "back", "swap", TimeSpan.FromMilliseconds(new Random(most + kill).Next(most)));
            new[] { backedUp, before }.ShouldContain(await test.ContentAsync());
        }

        var proof = RollbackCase.Proof(await test.BackAsync());

        proof.Holds.ShouldBeTrue(proof.Summary);
        (await test.ContentAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Killed_while_rows_are_carried_over_none_is_lost_or_doubled()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync($"{Written}; insert into orders (customer, note) select 51, 'more' from generate_series(1, 3000)");
        await test.FullAsync();
        for (var kill = 1; kill <= 3; kill++)
            await KilledAsync(test, "carry", "rollback.rows", TimeSpan.FromMilliseconds(150 * kill));

        var steps = RollbackCase.Steps(await test.FullAsync(Upkeep.Rollback.Rows.CarryOver.New));

        steps[1].Status.ShouldBeOneOf(StepStatus.Succeeded, StepStatus.Attention);
        (await test.ScalarAsync<long>("select count(*) from orders")).ShouldBe(5020);
    }

    [Fact]
    public async Task A_second_rollback_is_refused_while_one_is_under_way()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        using var other = await HoldAsync(test, "upkeep rollback");

        var full = await test.FullAsync();

        full.ShouldBeOfType<RollbackOutcome.Locked>().By.Holder.ShouldContain($"process {other.Id}");
        var stopped = await StopRunAsync(test);
        stopped!.Hint.ShouldContain("one at a time");
        other.HasExited.ShouldBeFalse();
        other.Kill();
        await other.WaitForExitAsync(Token);
    }

    [Fact]
    public async Task A_run_under_way_is_stopped_by_its_lock_and_nothing_else_is()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        using var run = await HoldAsync(test, "upkeep run");

        (await StopRunAsync(test)).ShouldBeNull();

        await run.WaitForExitAsync(Token);
        run.ExitCode.ShouldBe(7);
        RollbackCase.Steps(await test.FullAsync())[0].Status.ShouldBe(StepStatus.Succeeded);
    }

    private static async Task<RunOutcome.Locked?> StopRunAsync(RollbackCase test)
    {
        await using var doors = Doors.Open(test.Configuration, Upkeep.Redaction.Redactor.None, TimeProvider.System);
        return await new RunStopper(new Platform(test.Configuration, "", doors, []), test.Heard.Add).StopAsync(Token);
    }

    private static async Task<Process> HoldAsync(RollbackCase test, string what)
    {
        var process = Start(test, "hold", what);
        (await process.StandardOutput.ReadLineAsync(Token)).ShouldBe("held");
        return process;
    }

    // A process that is through before that has done its work: false.
    private static async Task<bool> KilledAsync(RollbackCase test, string what, string phase, TimeSpan moment)
    {
        using var process = Start(test, what);
        while (await process.StandardOutput.ReadLineAsync(Token) is { } line && line != phase)
        {
        }
        await Task.Delay(moment, TimeProvider.System, Token);
        process.Kill();
        await process.WaitForExitAsync(Token);
        return process.ExitCode == 128 + 9;
    }

    private static Process Start(RollbackCase test, params string[] what) => Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Upkeep.RollbackHost"),
        [test.Root, RollbackCase.Run, test.Database.ConnectionString, .. what]) { RedirectStandardOutput = true })!;
}
