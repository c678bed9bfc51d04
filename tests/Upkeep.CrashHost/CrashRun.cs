using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.CrashHost;

/// <summary>A small run on a folder of files: begun, or gone on with where the journal says it stands.</summary>
public static class CrashRun
{
    public const string Run = "weekly-20261122";

    public static string JournalPath(string root) => Path.Combine(root, "state", "journal.db");

    public static IReadOnlyList<Step> Steps(string root, Death death) =>
    [
        new CountStep(Path.Combine(root, "one.lines"), "preparation.gate", gate: true),
        new MoveStep(Path.Combine(root, "one.lines"), Path.Combine(root, "one"), "database.one", death),
        new CountStep(Path.Combine(root, "two.lines"), "performance.count", gate: false),
        new MoveStep(Path.Combine(root, "two.lines"), Path.Combine(root, "two"), "database.two", death),
        new TellStep(root, death),
    ];

    /// <summary>Fills a root with lines to move.</summary>
    public static void Fill(string root)
    {
        File.WriteAllLines(Path.Combine(root, "one.lines"), Enumerable.Range(0, 10).Select(number => $"one {number:D3}"));
        File.WriteAllLines(Path.Combine(root, "two.lines"), Enumerable.Range(0, 5).Select(number => $"two {number:D3}"));
    }

    public static async Task<RunStatus> RunAsync(string root, Death death, CancellationToken cancellationToken)
    {
        var (taken, _) = RunLock.TryTake(Path.Combine(root, "state"), new RunLockHolder(ProcessMark.Own, "crash run", death.GetUtcNow()));
        using (taken ?? throw new InvalidOperationException("The lock is held."))
        using (var journal = JournalFile.Open(JournalPath(root), Redactor.None, death))
        {
            var steps = Steps(root, death);
            if (journal.Runs().Count == 0)
                journal.Append(Run, null, Started(root, steps));
            else
                journal.Append(Run, null, new RunResumed(Environment.ProcessId, Environment.MachineName, "killed"));
            var plan = new Plan([.. steps.Select(step => new PlannedStep(step.Definition, PlanDecision.Run, null, null, TimeSpan.FromMinutes(5)))]);
            return await new Runner(journal, death, _ => { }).RunAsync(Run, plan, steps.ToDictionary(step => step.Definition.Id),
                new RunFrame(root, Deadlines.None, DryRun: false, TimeSpan.FromSeconds(30)), new StopSignal(), cancellationToken);
        }
    }

    /// <summary>Holds the lock and says so, until the input ends.</summary>
    public static int Hold(string root, TextReader input, TextWriter output)
    {
        var (taken, holder) = RunLock.TryTake(root, new RunLockHolder(ProcessMark.Own, "upkeep run", TimeProvider.System.GetUtcNow()));
        output.WriteLine(taken is null ? $"refused {holder}" : "held");
        output.Flush();
        input.ReadLine();
        taken?.Dispose();
        return taken is null ? 6 : 0;
    }

    private static RunStarted Started(string root, IReadOnlyList<Step> steps) => new()
    {
        Platform = "Crash", Window = null, Folder = root, UpkeepVersion = "test", Host = "test", ProcessId = 1, ConfigurationSha256 = "",
        Steps = [.. steps.Select(step => new PlannedStepRecord(step.Definition.Id, step.Definition.Title, step.Definition.Kind.ToString().ToLowerInvariant(), null, null))],
    };
}
