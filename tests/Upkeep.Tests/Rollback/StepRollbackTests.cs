using Upkeep.Journal;
using Upkeep.Maintenance;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;
using Upkeep.Testing;
using Upkeep.Tests.Running;

namespace Upkeep.Tests.Rollback;

/// <summary>A run taken back step by step, and what is told where that comes to a halt.</summary>
public sealed class StepRollbackTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_partial_undo_says_exactly_what_is_undone_and_what_is_not_and_can_be_repeated()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        string[] files = [.. new[] { "one", "two", "three" }.Select(name => Path.Combine(test.Root, name))];
        WriteFile[] steps = [.. files.Select(file => new WriteFile(file, $"files.{Path.GetFileName(file)}"))];
        using (var journal = test.Journal())
        {
            var plan = new Plan([.. steps.Select(step => new PlannedStep(step.Definition, PlanDecision.Run, null, null, TimeSpan.FromMinutes(1)))]);
            await new Runner(journal, TimeProvider.System, _ => { }).RunAsync(RollbackCase.Run, plan, steps.ToDictionary(step => step.Definition.Id, Step (step) => step),
                new RunFrame(Path.Combine(test.Root, RollbackCase.Run), Deadlines.None, DryRun: false, TimeSpan.FromSeconds(1)), test.Stop, Token);
        }
        File.Delete(files[1]);
        Directory.CreateDirectory(files[1]);

        var first = await UndoAsync(test, steps);
        Directory.Delete(files[1]);
        var second = await UndoAsync(test, steps);

        first.Select(step => (step.Step, step.Proof.Holds)).ShouldBe([("files.three", true), ("files.two", false)]);
        first[1].Proof.Summary.ShouldContain("closed to us");
        second.Select(step => (step.Step, step.Proof.Holds)).ShouldBe([("files.two", true), ("files.one", true)]);
        files.ShouldAllBe(file => !Path.Exists(file));
    }

    private static async Task<IReadOnlyList<StepUndone>> UndoAsync(RollbackCase test, IReadOnlyList<Step> steps)
    {
        await using var doors = Doors.Open(test.Configuration, Redactor.None, TimeProvider.System);
        var outcome = await new StepRollback(new Platform(test.Configuration, "", doors, steps), _ => { }).RunAsync(RollbackCase.Run, null, test.Stop, Token);
        return outcome.ShouldBeOfType<RollbackOutcome.Undone>().Steps;
    }
}
