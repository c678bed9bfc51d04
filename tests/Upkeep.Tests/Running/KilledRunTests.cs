using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Upkeep.CrashHost;
using Upkeep.Journal;
using Upkeep.Redaction;
using Upkeep.Reports;
using Upkeep.Running;

namespace Upkeep.Tests.Running;

/// <summary>A process that is killed between any two facts of its journal, and a run that goes on from there.</summary>
public sealed class KilledRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("upkeep-killed-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_killed_after_any_fact_is_resumed_to_the_same_result()
    {
        var expected = await UninterruptedAsync();
        for (var fact = 1; fact < expected.Facts; fact++)
        {
            foreach (var side in new[] { "after", "before" })
            {
                var root = Root($"{side}-{fact}");
                (await KillAsync(root, fact, side)).ShouldBe(137, $"{side} fact {fact}");
                var left = Facts(root);
                left.Count.ShouldBeGreaterThanOrEqualTo(fact, side);

                var status = await CrashRun.RunAsync(root, Death.Never, Token);

                status.ShouldBe(RunStatus.Attention, $"{side} fact {fact}");
                Files(root).ShouldBe(expected.Files, $"{side} fact {fact}");
                Outcome(root).ShouldBe(expected.Outcome, $"{side} fact {fact}");
                NothingFinishedIsRepeated(root, left.Count, $"{side} fact {fact}");
            }
        }
    }

    [Fact]
    public async Task An_act_killed_anywhere_is_undone_without_being_resumed()
    {
        var expected = await UninterruptedAsync();
        for (var fact = 4; fact < expected.Facts; fact += 2)
        {
            var root = Root($"undo-{fact}");
            await KillAsync(root, fact, "before");
            using var journal = JournalFile.Open(CrashRun.JournalPath(root), Redactor.None, TimeProvider.System);
            using var stop = new StopSignal();
            foreach (var step in CrashRun.Steps(root, Death.Never).Reverse())
                (await new Undoer(journal, _ => { }).UndoAsync(CrashRun.Run, step, root, stop, Token)).Holds.ShouldBeTrue();

            File.ReadAllLines(Path.Combine(root, "one.lines")).Length.ShouldBe(10, $"fact {fact}");
            File.ReadAllLines(Path.Combine(root, "two.lines")).Length.ShouldBe(5, $"fact {fact}");
            Directory.GetFiles(root, "0*.txt", SearchOption.AllDirectories).ShouldBeEmpty($"fact {fact}");
        }
    }

    [Fact]
    public async Task The_lock_of_a_killed_process_is_taken_over_with_the_proof_stated()
    {
        var root = Root("lock");
        await KillAsync(root, 5, "after");

        var (taken, _) = RunLock.TryTake(Path.Combine(root, "state"), new RunLockHolder(ProcessMark.Own, "test", DateTimeOffset.UnixEpoch));

        using (taken.ShouldNotBeNull())
        {
            var fact = taken.TakenOver.ShouldNotBeNull();
            fact.Owner.ShouldContain("crash run");
            fact.Proof.ShouldContain("there is no process");
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<(int Facts, string Files, string Outcome)> UninterruptedAsync()
    {
        var root = Root("whole");
        (await CrashRun.RunAsync(root, Death.Never, Token)).ShouldBe(RunStatus.Attention);
        File.ReadAllLines(Path.Combine(root, "one", "0002.txt")).ShouldBe(["one 008", "one 009"]);
        return (Facts(root).Count, Files(root), Outcome(root));
    }

    private string Root(string name)
    {
        var root = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        CrashRun.Fill(root);
        return root;
    }

    private static async Task<int> KillAsync(string root, int fact, string side)
    {
        using var host = Process.Start(Path.Combine(AppContext.BaseDirectory, "Upkeep.CrashHost"),
            ["run", root, fact.ToString(CultureInfo.InvariantCulture), side]);
        await host.WaitForExitAsync(Token);
        return host.ExitCode;
    }

    private static IReadOnlyList<JournalEntry> Facts(string root)
    {
        using var journal = JournalFile.Open(CrashRun.JournalPath(root), Redactor.None, TimeProvider.System);
        return journal.Read(CrashRun.Run);
    }

    // Every file of the run with its content, but for the journal and the lock.
    private static string Files(string root) => string.Join('\n', Directory.GetFiles(root, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(root, path)).Where(path => !path.StartsWith("state", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        .Select(path => $"{path}: {string.Join('|', File.ReadAllLines(Path.Combine(root, path)))}"));

    // What the document says of the steps, but for times and the number of attempts.
    private static string Outcome(string root)
    {
        var steps = JsonNode.Parse(RunDocument.From(Facts(root)).ToJson())!["steps"]!.AsArray();
        foreach (var step in steps.OfType<JsonObject>())
        {
            foreach (var name in new[] { "startedAt", "durationMs", "attempts" })
                step.Remove(name);
        }
        return steps.ToJsonString();
    }

    private static void NothingFinishedIsRepeated(string root, int before, string where)
    {
        var facts = Facts(root);
        foreach (var done in facts.Take(before).Where(entry => entry is { Fact: StepEnded { Status: StepStatus.Succeeded or StepStatus.Attention }, Step: not ("preparation.gate" or "report.told") }))
            facts.Skip(before).ShouldNotContain(entry => entry.Step == done.Step, $"{where}: {done.Step} was finished");
    }
}
