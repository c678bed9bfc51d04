using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Reports;
using Upkeep.Running;

namespace Upkeep.Maintenance;

/// <summary>
/// What each step would do now: its check, run by the real runner as a dry run, in a journal that is in memory and gone with the process.
/// No folder, no lock, nothing written anywhere.
/// </summary>
public sealed class FirstLook(Platform platform)
{
    // The name that the next run will have, which names what it would make.
    private readonly string _run = RunRecord.NameOf(WindowCalendar.Create(platform.Configuration.Window).Next(platform.Doors.Time.GetUtcNow(), 1)[0].Date);

    /// <summary>Looks through the steps given; those that prove or tell what was done are left out, for nothing was.</summary>
    /// <param name="steps">Checks of one procedure are made one after the other, as they may build on each other; procedures side by side.</param>
    /// <returns>What each check saw, by step id.</returns>
    public async Task<IReadOnlyDictionary<string, StepDocument>> LookAsync(IReadOnlyList<Step> steps, StopSignal stop, CancellationToken cancellationToken)
    {
        var looks = steps.Where(step => !step.Definition.RunsAfterStop).GroupBy(step => step.Definition.Procedure, StringComparer.Ordinal)
            .Select(procedure => Task.Run(() => LookAsync([.. procedure], stop, cancellationToken), cancellationToken));
        return (await Task.WhenAll(looks)).SelectMany(seen => seen).ToDictionary(step => step.Id, StringComparer.Ordinal);
    }

    private async Task<IReadOnlyList<StepDocument>> LookAsync(Step[] steps, StopSignal stop, CancellationToken cancellationToken)
    {
        using var journal = JournalFile.Open(":memory:", platform.Doors.Redactor, platform.Doors.Time);
        // Never made: steps write evidence only into a folder that is there.
        var folder = Path.Combine(platform.Configuration.Root, ".plan");
        journal.Append(_run, null, new RunStarted
        {
            Platform = platform.Configuration.Platform, Window = null, Folder = folder, Steps = [], UpkeepVersion = "", Host = Environment.MachineName,
            ProcessId = Environment.ProcessId, ConfigurationSha256 = "", DryRun = true,
        });
        // A no-go now is worth a word; it must not keep the others from looking.
        var plan = new Plan([.. steps.Select(step => new PlannedStep(step.Definition with { IsGate = false }, PlanDecision.Run, null, null, Deadline(step.Definition)))]);
        await new Runner(journal, platform.Doors.Time, _ => { }, problem => DoorProblems.Explain(problem, platform.Doors.Database)).RunAsync(_run, plan, steps.ToDictionary(step => step.Definition.Id, StringComparer.Ordinal),
            new RunFrame(folder, Deadlines.None, DryRun: true, DeadlineGrace: TimeSpan.Zero), stop, cancellationToken);
        return RunDocument.From(journal.Read(_run)).Steps;
    }

    private TimeSpan Deadline(StepDefinition step) => platform.Configuration.Steps.GetValueOrDefault(step.Id)?.Deadline ?? step.Deadline;
}
