using Upkeep.Configuration;
using Upkeep.Database;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Postgres;
using Upkeep.Redaction;
using Upkeep.Running;

// A process to be killed: runs (or undoes) retention of public.logs with the journal of a test, and tells of every step forward.
var (root, run, connection, what) = (args[0], args[1], args[2], args[3]);
var settings = new DatabaseSettings { ConnectionString = connection };
var configuration = new UpkeepConfiguration
{
    Platform = "Test",
    Database = settings,
    Retention = new RetentionSettings { Rules = [new RetentionRule { Table = "public.logs", Column = "at", Keep = TimeSpan.FromDays(30), MaxShare = 1 }] },
    Throttle = new ThrottleSettings { BatchTarget = TimeSpan.FromMilliseconds(15) },
};
await using var door = new DatabaseDoor(settings);
var step = DatabaseSteps.Create(configuration, door, TimeProvider.System).Single(one => one.Definition.Id == "database.retention");
using var journal = JournalFile.Open(Path.Combine(root, "journal.db"), Redactor.None, TimeProvider.System);
using var stop = new StopSignal();
var folder = Path.Combine(root, run);
if (what == "undo")
{
    var proof = await new Undoer(journal, Tell).UndoAsync(run, step, folder, stop, CancellationToken.None);
    Console.WriteLine(proof.Summary);
    return proof.Holds ? 0 : 4;
}
var plan = new Plan([new PlannedStep(step.Definition with { Requires = [] }, PlanDecision.Run, null, null, TimeSpan.FromMinutes(5))]);
var status = await new Runner(journal, TimeProvider.System, Tell).RunAsync(run, plan, new Dictionary<string, Step> { [step.Definition.Id] = step },
    new RunFrame(folder, Deadlines.None, false, TimeSpan.FromSeconds(30)), stop, CancellationToken.None);
Console.WriteLine(status);
return status == RunStatus.Succeeded ? 0 : 4;

static void Tell(RunEvent happened)
{
    if (happened is RunEvent.StepMoved or RunEvent.StepBegan)
        Console.WriteLine("moved");
}
