using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Upkeep.Checking;
using Upkeep.Host.SecurityUpdates;
using Upkeep.Journal;
using Upkeep.Testing;
using static Upkeep.Tests.Host.SecurityUpdates.PackageRoot;

namespace Upkeep.Tests.Host.SecurityUpdates;

/// <summary>What can be in the way, each as it really is.</summary>
public sealed class UpdateTroubleTests : IDisposable
{
    private readonly PackageRoot _root = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task Sources_that_can_not_be_reached_are_not_checked_and_never_no_updates()
    {
        await CurrentAsync();
        _root.Sources("deb [trusted=yes] http://127.0.0.1:1/none x main");

        var end = await _root.Harness.RunAsync(Token, _root.Step);

        end.Status.ShouldBe(StepStatus.Skipped);
        end.Reason!.ShouldContain("127.0.0.1");
        Only("updates-source-not-checked").Message.ShouldContain("Could not connect");
    }

    [Fact]
    public async Task A_proxy_that_answers_with_a_page_is_not_checked()
    {
        await CurrentAsync();
        await using var proxy = await TestSite.StartAsync(context => context.Response.WriteAsync("<html>Please log in</html>"), Token);
        _root.Sources($"deb [trusted=yes] {proxy.Url}debian x main");

        var end = await _root.Harness.RunAsync(Token, _root.Step);

        end.Status.ShouldBe(StepStatus.Skipped, end.Summary);
        _root.Harness.Findings(Id).ShouldContain(finding => finding.Code == "updates-source-not-checked");
    }

    [Fact]
    public async Task An_archive_that_nobody_signed_is_not_checked_and_what_is_known_from_before_is_still_told()
    {
        await PendingAsync();
        _root.Sources(string.Join('\n', new[] { "main", "security" }.Select(archive => $"deb file:{_root.Folder}.{archive} x main")));
        _root.Settings = _root.Settings with { Apply = false, Refresh = true };

        var end = await _root.Harness.RunAsync(Token, _root.Step);

        end.Status.ShouldNotBe(StepStatus.Succeeded);
        _root.Harness.Findings(Id).Where(finding => finding.Code == "updates-source-not-checked").ShouldAllBe(finding => finding.Message.Contains("is not signed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Old_lists_that_may_not_be_fetched_tell_nothing_where_they_tell_of_none()
    {
        await CurrentAsync();
        foreach (var file in Directory.GetFiles(_root.In("var/lib/apt/lists")).Append(_root.In("var/lib/apt/lists")))
            File.SetLastWriteTimeUtc(file, _root.Harness.Time.GetUtcNow().AddDays(-12).UtcDateTime);
        _root.Settings = _root.Settings with { Apply = false };

        var end = await _root.Harness.RunAsync(Token, _root.Step);

        end.Status.ShouldBe(StepStatus.Skipped);
        end.Reason!.ShouldContain("12 days old");
        Only("updates-lists-old").Severity.ShouldBe(Severity.Warning);
    }

    [Fact]
    public async Task A_lock_that_is_held_for_all_of_the_wait_is_not_done_and_its_holder_named()
    {
        await PendingAsync();
        await (await _root.AddAsync("slow", "1.0", postinst: Until("go"))).Publish().InstallAsync();
        using var other = Install("slow=1.0");
        await ExistsAsync("began");
        _root.Settings = _root.Settings with { LockWait = TimeSpan.FromSeconds(1) };

        var end = await _root.Harness.RunAsync(Token, _root.Step);
        await File.WriteAllTextAsync(_root.In("go"), "", Token);
        await other.WaitForExitAsync(Token);

        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason!.ShouldStartWith($"not done: apt-get (process {other.Id}) held {_root.In("var/lib/dpkg/lock-frontend")}");
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.0", "slow 1.0"]);
    }

    [Fact]
    public async Task A_lock_that_is_let_go_in_time_is_waited_for()
    {
        await PendingAsync();
        await (await _root.AddAsync("slow", "1.0", postinst: Until("go"))).Publish().InstallAsync();
        using var other = Install("slow=1.0");
        await ExistsAsync("began");

        var running = _root.Harness.RunAsync(Token, _root.Step);
        while (!_root.Harness.Heard.ToArray().Any(happened => happened.ToString()!.Contains("waiting for", StringComparison.Ordinal)))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        await File.WriteAllTextAsync(_root.In("go"), "", Token);

        (await running).Status.ShouldBe(StepStatus.Succeeded);
        await other.WaitForExitAsync(Token);
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.1", "slow 1.0"]);
    }

    [Fact]
    public async Task A_stop_while_a_lock_is_waited_for_leaves_the_step_to_be_gone_on_with()
    {
        await PendingAsync();
        await (await _root.AddAsync("slow", "1.0", postinst: Until("go"))).Publish().InstallAsync();
        using var other = Install("slow=1.0");
        await ExistsAsync("began");

        var running = _root.Harness.RunAsync(Token, _root.Step);
        while (!_root.Harness.Heard.ToArray().Any(happened => happened.ToString()!.Contains("waiting for", StringComparison.Ordinal)))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        _root.Harness.Stop.Request("the window is over");
        var stopped = await running;
        await File.WriteAllTextAsync(_root.In("go"), "", Token);
        await other.WaitForExitAsync(Token);

        stopped.Status.ShouldBe(StepStatus.Deferred);
        (await _root.VersionsAsync()).ShouldContain("alpha 1.0");
        _root.Harness.Stop = new Upkeep.Running.StopSignal();
        (await _root.Harness.RunAsync(Token, _root.Step)).Status.ShouldBe(StepStatus.Succeeded);
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.1", "slow 1.0"]);
    }

    [Fact]
    public async Task An_old_version_that_was_to_be_had_and_can_not_be_fetched_keeps_the_package_as_it_is()
    {
        await PendingAsync();
        foreach (var kept in Directory.GetFiles(_root.Folder + ".main/pool", "alpha_1.0*"))
            File.Delete(kept);

        (await _root.Harness.RunAsync(Token, _root.Step)).Status.ShouldBe(StepStatus.Attention);

        Only("update-refused").Message.ShouldContain("could not be fetched now");
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.0"]);
    }

    [Fact]
    public async Task An_interrupted_installation_is_finished_where_installing_is_approved_and_told_where_it_is_not()
    {
        await PendingAsync();
        await (await _root.AddAsync("beta", "1.0")).Publish().InstallAsync();
        await _root.RunAsync("dpkg", $"--root={_root.Folder}", "--force-script-chrootless", "--unpack", $"{_root.Folder}.main/pool/beta_1.0_amd64.deb");
        var approved = _root.Settings;
        _root.Settings = approved with { Apply = false };

        (await _root.Harness.RunAsync(Token, _root.Step)).Status.ShouldBe(StepStatus.Attention);

        Only("updates-interrupted").Message.ShouldContain("beta 1.0 (unpacked)");
        (await _root.VersionsAsync()).ShouldContain("beta 1.0 unpacked");
        _root.Settings = approved;
        using var again = new StepHarness();
        var end = await again.RunAsync(Token, _root.Step);
        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        again.Findings(Id).ShouldContain(finding => finding.Code == "updates-interrupted-finished");
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.1", "beta 1.0"]);
    }

    [Fact]
    public async Task A_package_whose_script_fails_is_a_failure_that_can_be_taken_back()
    {
        await (await (await _root.AddAsync("alpha", "1.0")).AddAsync("alpha", "1.1", "security", postinst: "exit 3")).Publish().InstallAsync("alpha=1.0");

        var end = await _root.Harness.RunAsync(Token, _root.Step);

        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason!.ShouldContain("apt could not install alpha=1.1");
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.1 half-configured"]);
        var proof = await _root.Harness.UndoAsync(_root.Step, Token);
        proof.Holds.ShouldBeTrue(proof.Summary);
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.0"]);
    }

    [Fact]
    public async Task Without_a_package_manager_nothing_is_checked_and_another_one_is_named()
    {
        await CurrentAsync();
        Directory.CreateDirectory(_root.In("bin"));
        foreach (var program in new[] { "/usr/bin/env", "/usr/bin/setpriv" })
            File.CreateSymbolicLink(_root.In("bin/" + Path.GetFileName(program)), program);
        _root.Tools = new PackageTools(_root.Programs, _root.Harness.Time) { Variables = new Dictionary<string, string?> { ["PATH"] = _root.In("bin") } };

        var none = await _root.Harness.RunAsync(Token, _root.Step);
        await File.WriteAllTextAsync(_root.In("bin/dnf"), "", Token);
        using var again = new StepHarness();
        var other = await again.RunAsync(Token, _root.Step);

        none.Status.ShouldBe(StepStatus.Skipped);
        none.Reason.ShouldBe("this machine has no package manager that upkeep knows (apt with dpkg)");
        other.Reason.ShouldBe("this machine's packages are looked after by dnf, and upkeep reads only apt's archives");
    }

    [Fact]
    public async Task Of_two_package_managers_it_is_said_which_was_looked_at_and_services_and_reboot_are_named()
    {
        await CurrentAsync();
        Directory.CreateDirectory(_root.In("bin"));
        await File.WriteAllTextAsync(_root.In("bin/rpm"), "", Token);
        // What needrestart says in its batch mode, by its own description.
        await File.WriteAllTextAsync(_root.In("bin/needrestart"), "#!/bin/sh\necho 'NEEDRESTART-VER: 3.6'\necho 'NEEDRESTART-KSTA: 3'\necho 'NEEDRESTART-KEXP: 6.1.0-40'\necho \"NEEDRESTART-SVC: nginx.service $*\"\n", Token);
        File.SetUnixFileMode(_root.In("bin/needrestart"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(_root.In("run/reboot-required"), "", Token);
        await File.WriteAllTextAsync(_root.In("run/reboot-required.pkgs"), "linux-base\nlibc6\nlinux-base\n", Token);
        _root.Tools = new PackageTools(_root.Programs, _root.Harness.Time)
        {
            Variables = new Dictionary<string, string?>(_root.Tools.Variables) { ["PATH"] = $"{_root.In("bin")}:{Environment.GetEnvironmentVariable("PATH")}" },
        };
        _root.Settings = _root.Settings with { Apply = false };

        (await _root.Harness.RunAsync(Token, _root.Step)).Status.ShouldBe(StepStatus.Attention);

        Only("updates-other-manager").Message.ShouldBe("rpm is here too, and was not looked at: dpkg's database holds 1 package.");
        Only("updates-restart-needed").Message.ShouldBe("nginx.service -b -r l still runs code that was replaced.");
        _root.Harness.Findings(Id).Where(finding => finding.Code == "updates-reboot-needed").Select(finding => finding.Subject).ShouldBe(["kernel", "reboot"], ignoreOrder: true);
        _root.Harness.Findings(Id).ShouldContain(finding => finding.Message == "This machine needs a reboot, for linux-base, libc6.");
    }

    [Fact]
    public async Task Unattended_upgrades_are_mentioned_and_left_to_where_that_is_wanted()
    {
        await PendingAsync();
        await File.WriteAllTextAsync(_root.In("etc/apt/apt.conf.d/20auto-upgrades"), "APT::Periodic::Unattended-Upgrade \"1\";\n", Token);
        Directory.CreateDirectory(_root.In("bin"));
        await File.WriteAllTextAsync(_root.In("bin/unattended-upgrade"), "", Token);
        _root.Tools = new PackageTools(_root.Programs, _root.Harness.Time)
        {
            Variables = new Dictionary<string, string?>(_root.Tools.Variables) { ["PATH"] = $"{_root.In("bin")}:{Environment.GetEnvironmentVariable("PATH")}" },
        };
        _root.Settings = _root.Settings with { LeaveToUnattended = true };

        await _root.Harness.RunAsync(Token, _root.Step);

        Only("updates-unattended").Message.ShouldContain("the configuration leaves them to it");
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.0"]);
    }

    [Fact]
    public async Task Without_the_right_to_install_they_are_told_and_check_prints_the_lines_that_allow_just_that()
    {
        await PendingAsync();
        // A sudo that allows nothing, wherever this machine has one that does.
        Directory.CreateDirectory(_root.In("bin"));
        await File.WriteAllTextAsync(_root.In("bin/sudo"), "#!/bin/sh\nexit 1\n", Token);
        File.SetUnixFileMode(_root.In("bin/sudo"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var variables = new Dictionary<string, string?>(_root.Tools.Variables) { ["PATH"] = $"{_root.In("bin")}:{Environment.GetEnvironmentVariable("PATH")}" };
        _root.Tools = new PackageTools(_root.Programs, _root.Harness.Time) { Variables = variables, IsRoot = false };

        (await _root.Harness.RunAsync(Token, _root.Step)).Status.ShouldBe(StepStatus.Attention);
        var lacking = (await UpdateRequirements.LookAsync(_root.Settings, _root.Tools, "upkeep", Token)).Where(one => one.State == RequirementState.Missing).ToList();

        Only("updates-not-permitted").Message.ShouldContain("may not install packages");
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.0"]);
        lacking.Select(one => one.What).ShouldBe(["upkeep may not fetch apt's lists", "upkeep may not install packages", "upkeep may not finish an installation that was broken off"]);
        lacking[0].Hint!.ShouldEndWith(@"upkeep ALL=(root) NOPASSWD: /usr/bin/env PATH\=/usr/sbin\:/usr/bin\:/sbin\:/bin LC_ALL\=C.UTF-8 DEBIAN_FRONTEND\=noninteractive APT_LISTCHANGES_FRONTEND\=none NEEDRESTART_MODE\=l UCF_FORCE_CONFFOLD\=1 apt-get update -q -o APT\:\:Update\:\:Error-Mode\=any");
        lacking[1].Hint!.ShouldEndWith(" (--download-only )?([a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?=[A-Za-z0-9.+~:-]+ ?)+$");
    }

    private Finding Only(string code) => _root.Harness.Findings(Id).Where(finding => finding.Code == code).ShouldHaveSingleItem();

    private async Task CurrentAsync() => await (await _root.AddAsync("alpha", "1.0")).Publish().InstallAsync("alpha");

    private async Task PendingAsync() => await (await (await _root.AddAsync("alpha", "1.0")).AddAsync("alpha", "1.1", "security")).Publish().InstallAsync("alpha=1.0");

    private string Until(string file) => $"touch {_root.In("began")}; while [ ! -e {_root.In(file)} ]; do sleep 0.05; done";

    private Process Install(string target) => Process.Start(new ProcessStartInfo("apt-get", ["install", "-y", "-qq", target]) { Environment = { ["APT_CONFIG"] = _root.AptConfig }, RedirectStandardOutput = true })!;

    private async Task ExistsAsync(string file)
    {
        while (!File.Exists(_root.In(file)))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
    }
}
