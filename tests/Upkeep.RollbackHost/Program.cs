using System.Runtime.InteropServices;
using Upkeep.Configuration;
using Upkeep.Maintenance;
using Upkeep.Redaction;
using Upkeep.Rollback.Rows;
using Upkeep.Running;
using Upkeep.Testing;

// A process to be killed: puts the database back as a whole, or goes back, and tells of every phase; or holds the lock as a run does.
var (root, run, connection, what) = (args[0], args[1], args[2], args[3]);
if (what == "hold")
{
    using var end = new ManualResetEventSlim();
    using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => { signal.Cancel = true; end.Set(); });
    using var held = RunLock.TryTake(root, new RunLockHolder(ProcessMark.Own, args[4], TimeProvider.System.GetUtcNow())).Lock;
    Console.WriteLine("held");
    end.Wait();
    return 7;
}
var configuration = new UpkeepConfiguration
{
    Platform = "Test",
    Root = root,
    Database = new DatabaseSettings { ConnectionString = connection },
    Backup = new BackupSettings { Folder = Path.Combine(root, "backups") },
    Rollback = new RollbackSettings { Services = FileService.In(root) },
};
await using var doors = Doors.Open(configuration, Redactor.None, TimeProvider.System);
using var stop = new StopSignal();
var rollback = new FullRollback(new Platform(configuration, "", doors, []), Tell);
var outcome = what == "back" ? await rollback.BackAsync(run, stop, CancellationToken.None)
    : await rollback.RunAsync(new FullRollbackRequest(run, what == "carry" ? CarryOver.New : CarryOver.No), stop, CancellationToken.None);
Console.WriteLine(outcome);
return 0;

static void Tell(RunEvent happened)
{
    if (happened is RunEvent.StepMoved { Progress: { Unit: "phases" } progress })
        Console.WriteLine(progress.Subject);
    else if (happened is RunEvent.StepBegan began)
        Console.WriteLine(began.Step.Id);
}
