using System.Diagnostics;
using System.Globalization;
using System.Text;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Tests.Processes;

public sealed class EnclosureTests
{
    // What hides: without ears for SIGTERM, in a session of its own, orphaned by a parent that is gone, and without our output.
    private const string Hiding = "trap '' TERM; (setsid bash -c 'trap \"\" TERM; exec -a \"$0\" sleep 1000' \"$1\" >/dev/null 2>&1 </dev/null &) ; ";

    private readonly string _name = "upkeep-hiding-" + Guid.NewGuid().ToString("N");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelling_ends_everything_however_it_hides(bool namespaces)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var running = RunAsync(namespaces, Hiding + "while :; do sleep 1; done", cancel.Token);
        await AppearsAsync();
        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => running);
        await VanishesAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_program_leaves_behind_ends_with_it_and_its_status_is_kept(bool namespaces)
    {
        var result = await RunAsync(namespaces, "(setsid bash -c 'exec -a \"$0\" sleep 1000' \"$1\" &); sleep 0.3; exit 3", Token);

        result.ExitCode.ShouldBe(3);
        await VanishesAsync();
    }

    [Fact]
    public async Task In_a_namespace_everything_ends_when_whoever_started_it_is_killed()
    {
        var probe = await Door(true).RunAsync(new ProgramCall("setsid", ["--", .. Enclosure.Unshare, "true"], new Dictionary<string, string?>()), Token);
        Assert.SkipUnless(probe.ExitCode == 0, "No process namespace may be made here.");
        // The words that the door uses, started by one that can be killed.
        var start = new ProcessStartInfo("sh", ["-c", "\"$@\" & wait", "sh", "setsid", "--", "setpriv", "--pdeathsig", "KILL", "--",
            .. Enclosure.Of(bySpace: true).Around("bash", ["-c", Hiding + "while :; do sleep 1; done", "bash", _name], merged: true)]);
        using var starter = Process.Start(start)!;
        await AppearsAsync();

        starter.Kill();

        await VanishesAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Statuses_and_both_outputs_come_through(bool namespaces)
    {
        var kept = new KeptOutput(1000, 1000);
        var call = new ProgramCall("sh", ["-c", "echo one; echo two >&2; kill -9 $$"], new Dictionary<string, string?>()) { Enclosed = true, Merged = true, Output = kept.ReadAsync };

        var result = await Door(namespaces).RunAsync(call, Token);

        result.ExitCode.ShouldBe(137);
        kept.ToString().ShouldContain("one\ntwo\n");
        (await Door(namespaces).RunAsync(new ProgramCall("/no/such/program", [], new Dictionary<string, string?>()) { Enclosed = true }, Token)).ExitCode.ShouldBe(127);
    }

    [Fact]
    public async Task A_bare_program_knows_nothing_of_our_environment()
    {
        var call = new ProgramCall("/usr/bin/env", [], new Dictionary<string, string?> { ["PATH"] = "/usr/bin:/bin", ["CI"] = "true" }) { Enclosed = true, Bare = true };

        var names = (await Door(true).RunAsync(call, Token)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0]);

        names.Except(["PATH", "CI", "UPKEEP_ENCLOSURE", "PWD", "_", "OLDPWD", "SHLVL"]).ShouldBeEmpty();
    }

    [Fact]
    public void Of_much_output_beginning_and_end_are_kept_in_whole_lines()
    {
        var kept = new KeptOutput(100, 100);
        for (var line = 0; line < 100_000; line++)
            kept.Add(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"line {line}\n")));

        var text = kept.ToString();

        text.ShouldStartWith("line 0\nline 1\n");
        text.ShouldEndWith("line 99998\nline 99999\n");
        text.Length.ShouldBeLessThan(260);
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(line => line.StartsWith("line ", StringComparison.Ordinal) || line.StartsWith('…'));
    }

    [Fact]
    public async Task Memory_stays_flat_whatever_a_program_prints()
    {
        var kept = new KeptOutput(64 * 1024, 64 * 1024);
        var call = new ProgramCall("head", ["-c", "1G", "/dev/zero"], new Dictionary<string, string?>()) { Enclosed = true, Merged = true, Output = kept.ReadAsync };
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await Door(true).RunAsync(call, Token);

        kept.Total.ShouldBe(1L << 30);
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        TestContext.Current.SendDiagnosticMessage($"1 GiB printed, {grown} bytes more held");
        // Other tests hold memory meanwhile; what is told apart here is a gigabyte.
        grown.ShouldBeLessThan(64 << 20);
    }

    private static ProgramDoor Door(bool namespaces) => new(Redactor.None, TimeProvider.System) { Grace = TimeSpan.FromMilliseconds(300), Namespaces = namespaces };

    private Task<ProgramResult> RunAsync(bool namespaces, string script, CancellationToken cancellationToken) =>
        Door(namespaces).RunAsync(new ProgramCall("bash", ["-c", script, "bash", _name],
            new Dictionary<string, string?>()) { Enclosed = true, Merged = true }, cancellationToken);

    private bool IsThere() => Directory.EnumerateDirectories("/proc").Any(folder =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).StartsWith(_name + "\0", StringComparison.Ordinal);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private async Task AppearsAsync()
    {
        while (!IsThere())
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
    }

    private async Task VanishesAsync()
    {
        while (IsThere())
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
    }
}
