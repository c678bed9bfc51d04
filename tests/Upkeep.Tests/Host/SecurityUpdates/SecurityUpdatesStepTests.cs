using Upkeep.Configuration;
using Upkeep.Host.SecurityUpdates;
using Upkeep.Journal;
using Upkeep.Testing;
using static Upkeep.Tests.Host.SecurityUpdates.PackageRoot;

namespace Upkeep.Tests.Host.SecurityUpdates;

/// <summary>The real apt and dpkg on a root of our own.</summary>
public sealed class SecurityUpdatesStepTests : IDisposable
{
    private readonly PackageRoot _root = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task What_is_for_security_by_the_archives_label_is_installed_and_everything_else_stays_as_it_was()
    {
        await TwoAndOneAsync();

        var end = await _root.Harness.RunAsync(Token, _root.Step);

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.1", "beta 1.0", "gamma 2:1.1"]);
        end.Summary.ShouldContain("installed 2 security updates of 2: alpha 1.0 → 1.1");
        end.Summary.ShouldContain("dpkg has 2 packages at the version that was asked for, and every other as it was");
        _root.Harness.Measures(Id).Where(measure => measure.Name is "security_updates" or "other_updates").Select(measure => (measure.Name, measure.Look, measure.Value))
            .ShouldBe([("security_updates", Look.Before, 2), ("other_updates", Look.Before, 1), ("security_updates", Look.After, 0), ("other_updates", Look.After, 1)], ignoreOrder: true);
        _root.Harness.Findings(Id).Where(finding => finding.Code == "update-installed").Select(finding => finding.Message)
            .ShouldContain("alpha: 1.0 → 1.1, from Test-Security:stable-security; the old one is kept (archive).");
    }

    [Fact]
    public async Task The_way_back_installs_the_old_packages_again_without_any_archive()
    {
        await TwoAndOneAsync();
        await _root.Harness.RunAsync(Token, _root.Step);
        _root.Withdraw("alpha", "1.0");
        _root.Sources("");
        Directory.Delete(_root.Folder + ".main", recursive: true);
        foreach (var cached in Directory.GetFiles(_root.In("var/cache/apt/archives"), "*.deb"))
            File.Delete(cached);

        var proof = await _root.Harness.UndoAsync(_root.Step, Token);

        proof.Holds.ShouldBeTrue(proof.Summary + proof.Hint);
        proof.Summary.ShouldContain("2 packages back at their old versions: alpha 1.0, gamma 2:1.0");
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.0", "beta 1.0", "gamma 2:1.0"]);
        var kept = Directory.GetFiles(Path.Combine(_root.Harness.Folder, "host/packages-before"));
        kept.ShouldAllBe(file => File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task Without_approval_they_are_told_and_nothing_is_touched()
    {
        await TwoAndOneAsync();
        _root.Settings = _root.Settings with { Apply = false };

        var end = await _root.Harness.RunAsync(Token, _root.Step);

        end.Status.ShouldBe(StepStatus.Attention, end.Reason);
        end.Summary.ShouldBe("2 of 3 pending updates are for security by the archives' labels");
        Only("updates-security-pending").Message.ShouldBe("2 security updates pending: alpha 1.0 → 1.1, gamma 2:1.0 → 2:1.1.");
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.0", "beta 1.0", "gamma 2:1.0"]);
    }

    [Fact]
    public async Task What_is_held_pinned_or_left_out_stays_and_is_named()
    {
        foreach (var name in new[] { "held", "pinned", "spared", "taken" })
            await (await _root.AddAsync(name, "1.0")).AddAsync(name, "1.1", "security");
        await _root.Publish().InstallAsync("held", "pinned", "spared", "taken", "held=1.0", "pinned=1.0", "spared=1.0", "taken=1.0");
        await _root.RunAsync("apt-mark", "hold", "held");
        await File.WriteAllTextAsync(_root.In("etc/apt/preferences.d/own"), "Package: pinned\nPin: version 1.0\nPin-Priority: 990\n", Token);
        _root.Settings = _root.Settings with { Except = ["spar*"] };

        var end = await _root.Harness.RunAsync(Token, _root.Step);

        end.Status.ShouldBe(StepStatus.Attention, end.Reason);
        (await _root.VersionsAsync()).ShouldBe(["held 1.0", "pinned 1.0", "spared 1.0", "taken 1.1"]);
        Only("update-held").Subject.ShouldBe("held");
        Only("update-pinned").Message.ShouldContain("apt's preferences keep it at 1.0");
        Only("update-left-out").Subject.ShouldBe("spared");
    }

    [Fact]
    public async Task A_newer_version_that_no_archive_calls_for_security_is_not_taken_instead()
    {
        await (await (await _root.AddAsync("alpha", "1.0")).AddAsync("alpha", "1.1", "security")).AddAsync("alpha", "2.0");
        await _root.Publish().InstallAsync("alpha=1.0");

        (await _root.Harness.RunAsync(Token, _root.Step)).Status.ShouldBe(StepStatus.Succeeded);

        (await _root.VersionsAsync()).ShouldBe(["alpha 1.1"]);
    }

    [Fact]
    public async Task One_that_needs_another_package_or_another_to_go_is_refused_and_the_rest_is_installed()
    {
        await (await _root.AddAsync("greedy", "1.0")).AddAsync("greedy", "1.1", "security", "Depends: newcomer");
        await (await _root.AddAsync("rude", "1.0")).AddAsync("rude", "1.1", "security", "Conflicts: beta");
        await (await _root.AddAsync("alpha", "1.0")).AddAsync("alpha", "1.1", "security");
        await (await _root.AddAsync("newcomer", "1.0")).AddAsync("beta", "1.0");
        await _root.Publish().InstallAsync("greedy=1.0", "rude=1.0", "alpha=1.0", "beta=1.0");

        var end = await _root.Harness.RunAsync(Token, _root.Step);

        end.Status.ShouldBe(StepStatus.Attention, end.Reason);
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.1", "beta 1.0", "greedy 1.0", "rude 1.0"]);
        _root.Harness.Findings(Id).Where(finding => finding.Code == "update-refused").Select(finding => finding.Message)
            .ShouldBe(["greedy stays at 1.0, though Test-Security:stable-security has 1.1: it needs newcomer to be installed.", "rude stays at 1.0, though Test-Security:stable-security has 1.1: it needs beta to be removed."], ignoreOrder: true);
    }

    [Fact]
    public async Task Two_that_need_each_other_go_together_though_the_batch_is_one()
    {
        foreach (var (one, other) in new[] { ("left", "right"), ("right", "left") })
            await (await _root.AddAsync(one, "1.0", fields: $"Depends: {other} (= 1.0)")).AddAsync(one, "1.1", "security", $"Depends: {other} (= 1.1)");
        await _root.Publish().InstallAsync("left=1.0", "right=1.0");
        _root.Settings = _root.Settings with { Batch = 1 };

        (await _root.Harness.RunAsync(Token, _root.Step)).Status.ShouldBe(StepStatus.Succeeded);

        (await _root.VersionsAsync()).ShouldBe(["left 1.1", "right 1.1"]);
        var proof = await _root.Harness.UndoAsync(_root.Step, Token);
        proof.Holds.ShouldBeTrue(proof.Summary);
        (await _root.VersionsAsync()).ShouldBe(["left 1.0", "right 1.0"]);
    }

    [Fact]
    public async Task A_configuration_file_that_was_changed_is_kept_and_the_new_one_beside_it_named()
    {
        await TwoAndOneAsync();
        await File.WriteAllTextAsync(_root.In("etc/alpha.conf"), "our own\n", Token);

        var end = await _root.Harness.RunAsync(Token, _root.Step);

        end.Status.ShouldBe(StepStatus.Attention, end.Reason);
        (await File.ReadAllTextAsync(_root.In("etc/alpha.conf"), Token)).ShouldBe("our own\n");
        (await File.ReadAllTextAsync(_root.In("etc/alpha.conf.dpkg-dist"), Token)).ShouldBe("of 1.1\n");
        Only("updates-configuration-kept").Subject.ShouldBe("/etc/alpha.conf.dpkg-dist");
        // Back, and installed again: the same file is put there once more, and it is still nobody's to overlook.
        (await _root.Harness.UndoAsync(_root.Step, Token)).Holds.ShouldBeTrue();
        (await File.ReadAllTextAsync(_root.In("etc/alpha.conf"), Token)).ShouldBe("our own\n");
        using var again = new StepHarness();
        await again.RunAsync(Token, _root.Step);
        again.Findings(Id).Count(finding => finding.Code == "updates-configuration-kept").ShouldBe(1);
    }

    [Fact]
    public async Task What_no_archive_has_any_more_has_no_way_back_and_that_is_said_before_and_after()
    {
        await TwoAndOneAsync();
        _root.Withdraw("alpha", "1.0");

        var end = await _root.Harness.RunAsync(Token, _root.Step);

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        Only("updates-way-back-doubtful").Message.ShouldContain("alpha 1.0");
        _root.Harness.Facts<StepActed>(Id)[^1].UndoHint!.ShouldContain("For alpha there is no way back");
        var proof = await _root.Harness.UndoAsync(_root.Step, Token);
        proof.Holds.ShouldBeTrue(proof.Summary);
        proof.Summary.ShouldContain("Not back, as was said: alpha (1.0)");
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.1", "beta 1.0", "gamma 2:1.0"]);
    }

    [Fact]
    public async Task Where_a_way_back_is_required_one_without_it_is_left_as_it_is()
    {
        await TwoAndOneAsync();
        _root.Withdraw("alpha", "1.0");
        _root.Settings = _root.Settings with { RequireWayBack = true };

        await _root.Harness.RunAsync(Token, _root.Step);

        (await _root.VersionsAsync()).ShouldBe(["alpha 1.0", "beta 1.0", "gamma 2:1.1"]);
        Only("update-refused").Message.ShouldContain("can't be kept for the way back");
    }

    [Fact]
    public async Task An_archive_that_the_configuration_names_counts_too()
    {
        await TwoAndOneAsync();
        _root.Settings = _root.Settings with { Apply = false, Origins = ["o=Test,l=Tes?,a=stable"] };

        (await _root.Harness.RunAsync(Token, _root.Step)).Summary.ShouldBe("3 of 3 pending updates are for security by the archives' labels");
    }

    [Fact]
    public async Task Somebody_elses_change_since_is_not_overwritten_by_the_way_back()
    {
        await TwoAndOneAsync();
        await _root.Harness.RunAsync(Token, _root.Step);
        await (await _root.AddAsync("alpha", "1.2")).Publish().InstallAsync("alpha=1.2");

        var proof = await _root.Harness.UndoAsync(_root.Step, Token);

        proof.Holds.ShouldBeFalse();
        proof.Summary.ShouldContain("somebody has changed alpha since (now 1.2)");
        (await _root.VersionsAsync()).ShouldBe(["alpha 1.2", "beta 1.0", "gamma 2:1.1"]);
    }

    private Finding Only(string code) => _root.Harness.Findings(Id).Where(finding => finding.Code == code).ShouldHaveSingleItem();

    // Two security updates, one of them with an epoch, and one of another kind.
    private async Task TwoAndOneAsync()
    {
        await (await _root.AddAsync("alpha", "1.0")).AddAsync("alpha", "1.1", "security");
        await (await _root.AddAsync("gamma", "2:1.0")).AddAsync("gamma", "2:1.1", "security");
        await (await _root.AddAsync("beta", "1.0")).AddAsync("beta", "1.1");
        await _root.Publish().InstallAsync("alpha=1.0", "beta=1.0", "gamma=2:1.0");
    }
}
