using System.Diagnostics;
using Upkeep.Journal;
using Upkeep.Testing;
using static Upkeep.Tests.Host.SecurityUpdates.PackageRoot;

namespace Upkeep.Tests.Host.SecurityUpdates;

/// <summary>A real process, really killed in the middle of an installation.</summary>
public sealed class UpdateKillTests : IDisposable
{
    private readonly PackageRoot _root = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task Killed_while_a_package_is_configured_the_installation_goes_on_and_a_resume_sees_it_through()
    {
        await SlowAsync();
        await RunAndKillAsync("run", "began");
        await File.WriteAllTextAsync(_root.In("go"), "", Token);

        var end = await _root.Harness.RunAsync(Token, _root.Step);

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.1", "beta 1.1", "gamma 1.1", "slow 1.1"]);
        // Configured once: it was waited for, and not begun again.
        (await File.ReadAllLinesAsync(_root.In("configured"), Token)).ShouldBe(["slow"]);
        end.Summary.ShouldContain("installed 4 security updates of 4");
        (await _root.Harness.UndoAsync(_root.Step, Token)).Holds.ShouldBeTrue();
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.0", "beta 1.0", "gamma 1.0", "slow 1.0"]);
    }

    [Fact]
    public async Task Killed_with_the_package_manager_itself_it_is_recognised_finished_and_gone_on_with()
    {
        await SlowAsync();
        await RunAndKillAsync("run", "began", alsoPackageManager: true);
        await File.WriteAllTextAsync(_root.In("go"), "", Token);
        (await _root.VersionsAsync()).ShouldContain("slow 1.1 half-configured");

        var end = await _root.Harness.RunAsync(Token, _root.Step);

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        _root.Harness.Findings(Id).ShouldContain(finding => finding.Code == "updates-interrupted-finished");
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.1", "beta 1.1", "gamma 1.1", "slow 1.1"]);
    }

    [Fact]
    public async Task Killed_and_never_resumed_it_is_taken_back_from_what_was_kept()
    {
        await SlowAsync();
        await RunAndKillAsync("run", "began", alsoPackageManager: true);
        await File.WriteAllTextAsync(_root.In("go"), "", Token);

        var proof = await _root.Harness.UndoAsync(_root.Step, Token);

        proof.Holds.ShouldBeTrue(proof.Summary + proof.Hint);
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.0", "beta 1.0", "gamma 1.0", "slow 1.0"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Killed_at_any_instant_over_and_over_every_package_ends_at_its_new_version(int seed)
    {
        await SlowAsync();
        await File.WriteAllTextAsync(_root.In("go"), "", Token);
        var random = new Random(seed);
        for (var kill = 0; kill < 5; kill++)
            await RunAndKillAsync("run", null, moment: TimeSpan.FromMilliseconds(200 + random.Next(1500)));

        var end = await _root.Harness.RunAsync(Token, _root.Step);

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.1", "beta 1.1", "gamma 1.1", "slow 1.1"]);
        var proof = await _root.Harness.UndoAsync(_root.Step, Token);
        proof.Holds.ShouldBeTrue(proof.Summary);
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.0", "beta 1.0", "gamma 1.0", "slow 1.0"]);
    }

    private async Task SlowAsync()
    {
        foreach (var name in new[] { "alpha", "beta", "gamma" })
            await (await _root.AddAsync(name, "1.0")).AddAsync(name, "1.1", "security");
        await _root.AddAsync("slow", "1.0");
        await _root.AddAsync("slow", "1.1", "security", postinst: $"touch {_root.In("began")}; while [ ! -e {_root.In("go")} ]; do sleep 0.05; done; echo slow >> {_root.In("configured")}");
        await _root.Publish().InstallAsync("alpha=1.0", "beta=1.0", "gamma=1.0", "slow=1.0");
    }

    /// <param name="after">The file whose coming says that it is time; null for a moment after its beginning.</param>
    private async Task RunAndKillAsync(string what, string? after, bool alsoPackageManager = false, TimeSpan moment = default)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Upkeep.UpdateHost"), [_root.Harness.Root, StepHarness.Run, _root.AptConfig, what]) { RedirectStandardOutput = true })!;
        if (after is null)
            await Task.Delay(moment, TimeProvider.System, Token);
        while (after is not null && !File.Exists(_root.In(after)) && !process.HasExited)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        process.Kill();
        await process.WaitForExitAsync(Token);
        if (!alsoPackageManager)
            return;
        foreach (var id in Ours())
        {
            using var one = Process.GetProcessById(id);
            one.Kill();
        }
        while (Ours().Any())
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
    }

    // apt, dpkg and the script, by what their command lines and environments say of this root.
    private IEnumerable<int> Ours()
    {
        foreach (var folder in Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            string words;
            try
            {
                words = File.ReadAllText(Path.Combine(folder, "cmdline")) + File.ReadAllText(Path.Combine(folder, "environ"));
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                continue;
            }
            if (words.Contains(_root.Folder, StringComparison.Ordinal) && int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture) != Environment.ProcessId)
                yield return int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
