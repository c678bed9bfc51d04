using Upkeep.Backups;
using Upkeep.Backups.Restoring;
using Upkeep.Journal;
using Upkeep.Maintenance;
using Upkeep.Postgres;
using Upkeep.Rollback.Rehearsal;
using Upkeep.Testing;

namespace Upkeep.Tests.Rollback;

/// <summary>A full rollback rehearsed on a scratch server.</summary>
public sealed class RehearsalTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_swaps_finds_the_rows_carries_them_over_and_goes_back_without_touching_production()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        await test.ExecuteAsync("insert into customers (name) values ('late')");
        var before = await test.ContentAsync();

        var outcome = await test.WithAsync(null, rollback => rollback.RehearseAsync(null, test.Stop, Token));

        var step = RollbackCase.Steps(outcome).Single();
        step.Status.ShouldBe(StepStatus.Succeeded, step.Reason);
        step.Findings.ShouldBeEmpty();
        step.Measures.ShouldContain(measure => measure.Name == "swap_downtime");
        step.Measures.Where(measure => measure.Name == "phase_seconds").Select(measure => measure.Subject)
            .ShouldBe(["make a stand-in", "swap", "prove the restored", "find what was written", "carry over", "go back", "prove the replaced"]);
        (await test.ContentAsync()).ShouldBe(before);
        (await test.NamesAsync()).Count.ShouldBe(1);
        using var journal = test.Journal();
        journal.Read(RollbackCase.Run).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_copy_that_is_not_what_the_manifest_says_makes_the_rehearsal_fail()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        using var harness = new StepHarness();
        await using var shelf = new ScratchShelf();
        var store = new BackupStore(test.Configuration.Backup.Folder);
        var manifest = (await store.ReadManifestAsync(RollbackCase.Backup, Token))!;
        await using var door = new DatabaseDoor(test.Configuration.Database);
        var engine = Upkeep.Backups.Engines.BackupEngines.Of(manifest.Engine, door, PostgresServer.Programs, test.Configuration.Backup, TimeProvider.System);
        var (copy, problem) = await engine.RestoreAsync(manifest, store.Folder(manifest.Name), new RestoreRequest(Path.Combine(Path.GetTempPath(), $"upkeep-rehearsal-test-{Environment.ProcessId}"), (_, _, _) => { }), Token);
        problem.ShouldBeNull();
        await using (var session = await copy!.Door.OpenAsync(Token))
            await session.ExecuteAsync("update public.orders set note = 'altered by hand' where id = 5", Token);
        await shelf.PutAsync(copy);

        var end = await harness.RunAsync(Token, new RehearsalStep(door, PostgresServer.Programs, shelf, test.Configuration, TimeProvider.System));

        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason!.ShouldContain("public.orders has other content");
    }
}
