using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Testing;

/// <summary>Runs steps through the real runner with a journal and a run folder of the test's own.</summary>
public sealed class StepHarness : IDisposable
{
    public const string Run = "weekly-20261122";

    public StepHarness(TimeProvider? time = null)
    {
        Time = time ?? TimeProvider.System;
        Root = Directory.CreateTempSubdirectory("upkeep-test-").FullName;
        Folder = Path.Combine(Root, Run);
        Directory.CreateDirectory(Folder);
        Journal = JournalFile.Open(Path.Combine(Root, "journal.db"), Redactor.None, Time);
        Journal.Append(Run, null, new RunStarted
        {
            Platform = "Test", Window = null, Folder = Folder, Steps = [], UpkeepVersion = "test", Host = "test",
            ProcessId = Environment.ProcessId, ConfigurationSha256 = "",
        });
    }

    public TimeProvider Time { get; }
    public string Root { get; }
    public string Folder { get; }
    public JournalFile Journal { get; }
    public StopSignal Stop { get; set; } = new();
    public List<RunEvent> Heard { get; } = [];

    /// <summary>Runs the steps in order as one run (again: as its resume) and returns how the last one ended.</summary>
    public async Task<StepEnded> RunAsync(CancellationToken cancellationToken, params Step[] steps) =>
        await RunAsync(dryRun: false, cancellationToken, steps);

    public async Task<StepEnded> RunAsync(bool dryRun, CancellationToken cancellationToken, params Step[] steps)
    {
        var plan = new Plan([.. steps.Select(step => new PlannedStep(
            step.Definition with { Requires = [.. step.Definition.Requires.Where(id => steps.Any(other => other.Definition.Id == id))] },
            PlanDecision.Run, null, null, TimeSpan.FromMinutes(10)))]);
        await new Runner(Journal, Time, Heard.Add).RunAsync(Run, plan, steps.ToDictionary(step => step.Definition.Id),
            new RunFrame(Folder, Deadlines.None, dryRun, TimeSpan.FromSeconds(30)), Stop, cancellationToken);
        return Facts<StepEnded>(steps[^1].Definition.Id)[^1];
    }

    public Task<Proof> UndoAsync(Step step, CancellationToken cancellationToken) =>
        new Undoer(Journal, Heard.Add).UndoAsync(Run, step, Folder, Stop, cancellationToken);

    /// <summary>The facts of one kind that the journal holds on a step, oldest first.</summary>
    public IReadOnlyList<T> Facts<T>(string stepId) where T : Fact =>
        [.. Journal.Read(Run).Where(entry => entry.Step == stepId).Select(entry => entry.Fact).OfType<T>()];

    public IReadOnlyList<Finding> Findings(string stepId) => [.. Facts<FindingRaised>(stepId).Select(fact => fact.Finding)];

    public IReadOnlyList<Measure> Measures(string stepId) => [.. Facts<MeasureTaken>(stepId).Select(fact => fact.Measure)];

    public void Dispose()
    {
        Journal.Dispose();
        Stop.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
