using Microsoft.Extensions.Time.Testing;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Logs;
using Upkeep.Logs.Pruning;
using Upkeep.Redaction;
using Upkeep.Testing;

namespace Upkeep.Tests.Logs.Pruning;

public sealed class LogPruneTests : IDisposable
{
    private const string Id = "logs.prune";
    private static readonly DateTimeOffset _now = new(2026, 11, 22, 6, 30, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("upkeep-prune-").FullName;
    private readonly FakeTimeProvider _time = new(_now);
    private readonly StepHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private LogPruner Pruner => new(new Upkeep.Logs.Logrotate.LogrotateNeighbour("/nowhere", [], TimeProvider.System), _time);

    private string Log => Path.Combine(_folder, "app.log");

    private LogSettings Settings => new() { Files = [new LogFileSettings { Path = Log }], Keep = TimeSpan.FromDays(30), KeepAtLeast = 1 };

    [Fact]
    public async Task An_archive_of_a_day_to_come_is_not_counted_among_the_newest()
    {
        foreach (var file in new[] { "app.log-20991231.zst", "app.log-20261001.zst", "app.log-20260901.zst" })
            Touch(file);

        await _harness.RunAsync(Token, new LogPruneStep(Settings, Pruner, Redactor.None));

        Names().ShouldBe(["app.log-20991231.zst", "app.log-20261001.zst"], ignoreOrder: true);
    }

    [Fact]
    public async Task Archives_older_than_they_are_to_be_kept_go_by_the_day_in_their_name_and_nothing_else_does()
    {
        string[] going = ["app.log-20261001.zst", "app.log-20261001-2.zst", "app.log_20261022.gz", "app.log-20260101.gz", "app.log.2025-12-31.gz", "app.log-20261022-1793000000.gz"];
        string[] staying =
        [
            "app.log", "app.log-20261023.zst", "app.log-20261122.zst", "app.log-20271122.zst", "app.log-20261340.zst", "app.log.2025-12-31", "app.log-20200101.zst.rotating", "app.log.bak",
            "other-app.log-20200101.zst", "app.log2-20200101.zst", "app.logs-20200101.gz", ".app.log-20200101.zst.rotation.json", "app.log-2020010.gz", "app.log-20200101.zst.txt",
        ];
        foreach (var file in going.Concat(staying))
            Touch(file);
        Touch("app.log.3.gz", _now.AddDays(-40));
        Touch("app.log.2.gz", _now.AddDays(-20));

        using var planning = new StepHarness();
        var plan = await planning.RunAsync(dryRun: true, Token, Step());
        plan.Summary!.ShouldContain("would remove 7 archives");
        Names().Count().ShouldBe(going.Length + staying.Length + 2);
        var end = await _harness.RunAsync(Token, Step());

        end.Status.ShouldBe(StepStatus.Succeeded);
        end.Undo.ShouldBe(UndoState.None);
        Names().ShouldBe(staying.Append("app.log.2.gz"), ignoreOrder: true);
        _harness.Findings(Id).Select(finding => (finding.Code, Path.GetFileName(finding.Subject))).Distinct().ShouldBe([("archive-dated-by-change", "app.log.3.gz")]);
    }

    [Fact]
    public async Task The_newest_stay_whatever_their_age_and_without_old_ones_nothing_is_done()
    {
        foreach (var day in new[] { "20200101", "20200102", "20200103" })
            Touch($"app.log-{day}.zst");

        await _harness.RunAsync(Token, Step(Settings with { KeepAtLeast = 2 }));

        Names().ShouldBe(["app.log-20200102.zst", "app.log-20200103.zst"], ignoreOrder: true);
        using var again = new StepHarness();
        (await again.RunAsync(Token, Step(Settings with { KeepAtLeast = 2 }))).Undo.ShouldBe(UndoState.NotNeeded);
    }

    [Fact]
    public async Task While_somebody_rotates_into_the_folder_nothing_is_removed_and_that_is_what_is_told()
    {
        Touch("app.log-20200101.zst");
        Touch("app.log-20261121.zst");
        using var rotating = UnfollowedFile.OpenOrCreate(Path.Combine(_folder, ".upkeep-rotation.lock"));
        UnfollowedFile.TryLock(rotating).ShouldBeTrue();

        var pruning = _harness.RunAsync(Token, Step());
        while (!pruning.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token);
        }

        (await pruning).Status.ShouldBe(StepStatus.Failed);
        _harness.Findings(Id).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            it => it.Message.ShouldContain("Another process has been rotating into"),
            it => it.Hint!.ShouldContain("Repeat"));
        Names().ShouldBe(["app.log-20200101.zst", "app.log-20261121.zst"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_link_is_neither_followed_nor_removed_and_no_folder_is()
    {
        var elsewhere = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "elsewhere")).FullName, "precious");
        await File.WriteAllTextAsync(elsewhere, "precious", Token);
        Touch("app.log-20261120.zst");
        File.CreateSymbolicLink(Path.Combine(_folder, "app.log-20200101.zst"), elsewhere);
        Directory.CreateDirectory(Path.Combine(_folder, "app.log-20200102.gz"));

        (await _harness.RunAsync(Token, Step())).Status.ShouldBe(StepStatus.Succeeded);

        Names().ShouldContain("app.log-20200101.zst");
        File.ReadAllText(elsewhere).ShouldBe("precious");
        Directory.Exists(Path.Combine(_folder, "app.log-20200102.gz")).ShouldBeTrue();
    }

    [Fact]
    public async Task What_was_swapped_after_the_look_stays()
    {
        Touch("app.log-20261120.zst");
        Touch("app.log-20200101.zst");
        Touch("app.log-20200102.zst");
        var going = Pruner.Look(LogSet.WithFolders(Settings), Settings.Keep, 1).Where(verdict => verdict.Goes).Select(PrunedArchive.Of).ToList();
        var swapped = Path.Combine(_folder, "app.log-20200101.zst");
        File.WriteAllText(swapped + ".new", "another");
        File.Move(swapped + ".new", swapped, overwrite: true);

        var (removed, failed) = await Pruner.RemoveAsync(going, null, () => true, Token);

        removed.ShouldHaveSingleItem().Name.ShouldBe("app.log-20200102.zst");
        failed.ShouldHaveSingleItem().Problem.What.ShouldContain("another file than a moment ago");
        File.ReadAllText(swapped).ShouldBe("another");
    }

    [Fact]
    public async Task An_archive_that_somebody_else_removed_is_not_told_as_ours_and_a_stop_leaves_the_rest()
    {
        foreach (var day in new[] { "20200101", "20200102", "20200103", "20261120" })
            Touch($"app.log-{day}.zst");
        var going = Pruner.Look(LogSet.WithFolders(Settings), Settings.Keep, 1).Where(verdict => verdict.Goes).Select(PrunedArchive.Of).OrderBy(archive => archive.Day).ToList();
        File.Delete(Path.Combine(_folder, "app.log-20200101.zst"));
        var told = new List<PrunedArchive>();

        var (removed, failed) = await Pruner.RemoveAsync(going, told.Add, () => told.Count == 0, Token);

        removed.ShouldHaveSingleItem().Name.ShouldBe("app.log-20200102.zst");
        told.ShouldBe(removed);
        failed.ShouldBeEmpty();
        Names().ShouldBe(["app.log-20200103.zst", "app.log-20261120.zst"], ignoreOrder: true);
    }

    [Fact]
    public void A_folder_that_became_a_link_is_not_entered()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "archive")).FullName;
        File.WriteAllText(Path.Combine(folder, "app.log-20200101.zst"), "");
        var other = Directory.CreateDirectory(Path.Combine(_folder, "other")).FullName;
        Directory.Move(folder, folder + ".away");
        File.CreateSymbolicLink(folder, other);

        Should.Throw<IOException>(() => FolderHandle.Open(folder)).Message.ShouldContain("is a link");
    }

    public void Dispose()
    {
        _harness.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private IEnumerable<string> Names() => Directory.EnumerateFiles(_folder).Select(file => Path.GetFileName(file)).Where(file => file != ".upkeep-rotation.lock");

    private LogPruneStep Step(LogSettings? settings = null) => new(settings ?? Settings, Pruner, Redactor.None);

    private void Touch(string name, DateTimeOffset? modified = null)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, name);
        File.SetLastWriteTimeUtc(path, (modified ?? _now).UtcDateTime);
    }
}
