using System.Runtime.InteropServices;
using Upkeep.Configuration;
using Upkeep.Host.DiskCleanup;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Processes;
using Upkeep.Redaction;
using Upkeep.Running;

// swap ONE OTHER: two names are exchanged at full speed until somebody ends this process.
if (args[0] == "swap")
{
    Console.WriteLine("swapping");
    while (Native.Exchange(args[1], args[2]) == 0)
    {
    }
    return 4;
}

// A process to be killed: runs the clean-up of one folder with the journal of a test, over again where it was begun.
var (root, run, folder) = (args[0], args[1], args[2]);
var settings = new DiskCleanupSettings { Rules = [new CleanupRuleSettings { Folder = folder, UnusedFor = TimeSpan.FromSeconds(int.Parse(args[3], System.Globalization.CultureInfo.InvariantCulture)), EmptyFolders = true }] };
var step = new DiskCleanupStep(settings, new CacheCleaner(new ProgramDoor(Redactor.None, TimeProvider.System), []), Redactor.None, TimeProvider.System);
using var journal = JournalFile.Open(Path.Combine(root, "journal.db"), Redactor.None, TimeProvider.System);
using var stop = new StopSignal();
var plan = new Plan([new PlannedStep(step.Definition with { Requires = [] }, PlanDecision.Run, null, null, TimeSpan.FromMinutes(5))]);
var status = await new Runner(journal, TimeProvider.System, _ => { }).RunAsync(run, plan, new Dictionary<string, Step> { [step.Definition.Id] = step },
    new RunFrame(Path.Combine(root, run), Deadlines.None, false, TimeSpan.FromSeconds(30)), stop, CancellationToken.None);
Console.WriteLine(status);
return status is RunStatus.Succeeded or RunStatus.Attention ? 0 : 4;

internal static partial class Native
{
    private const int CurrentFolder = -100;
    private const uint BothWays = 2;

    public static int Exchange(string one, string other) => Rename(CurrentFolder, one, CurrentFolder, other, BothWays);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Rename(int oneFolder, string one, int otherFolder, string other, uint flags);
}
