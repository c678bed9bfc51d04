using Upkeep.Configuration;
using Upkeep.Host.SecurityUpdates;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Processes;
using Upkeep.Redaction;
using Upkeep.Running;

// A process to be killed: installs (or takes back) the security updates of a root of the test's own, with the journal of the test.
//   ROOT RUN APT_CONFIG run|undo
var (root, run, apt, what) = (args[0], args[1], args[2], args[3]);
var time = TimeProvider.System;
var tools = new PackageTools(new ProgramDoor(Redactor.None, time), time) { Variables = new Dictionary<string, string?> { ["APT_CONFIG"] = apt } };
var step = new SecurityUpdatesStep(new SecurityUpdateSettings { Apply = true, Batch = 2 }, tools, static () => [], Redactor.None);
using var journal = JournalFile.Open(Path.Combine(root, "journal.db"), Redactor.None, time);
using var stop = new StopSignal();
var folder = Path.Combine(root, run);
if (what == "undo")
    return (await new Undoer(journal, Tell).UndoAsync(run, step, folder, stop, CancellationToken.None)).Holds ? 0 : 4;
var plan = new Plan([new PlannedStep(step.Definition with { Requires = [] }, PlanDecision.Run, null, null, TimeSpan.FromMinutes(5))]);
var status = await new Runner(journal, time, Tell).RunAsync(run, plan, new Dictionary<string, Step> { [step.Definition.Id] = step },
    new RunFrame(folder, Deadlines.None, false, TimeSpan.FromSeconds(30)), stop, CancellationToken.None);
Console.WriteLine(status);
return status == RunStatus.Succeeded ? 0 : 4;

static void Tell(RunEvent happened)
{
    if (happened is RunEvent.StepMoved or RunEvent.StepBegan)
        Console.WriteLine("moved");
}
