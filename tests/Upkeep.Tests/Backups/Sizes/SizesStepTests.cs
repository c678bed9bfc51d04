using CsCheck;
using Upkeep.Backups;
using Upkeep.Backups.Foreign;
using Upkeep.Backups.Sizes;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;

namespace Upkeep.Tests.Backups.Sizes;

public sealed class SizesStepTests
{
    private const long Mebi = 1 << 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static SizeTrend Trend(Func<int, long> bytes, int count, IEnumerable<SizePoint>? past = null) => SizeTrend.Of("nightly",
        [.. Enumerable.Range(0, count).Select(ago => new KnownBackup($"n{ago}", "nightly", BackupPlatform.DaysAgo(ago), bytes(ago), "plain SQL", ForeignState.Whole, "", null))], past ?? []);

    [Fact]
    public async Task Each_backups_size_is_a_point_of_a_series_and_the_trend_is_drawn_four_weeks_ahead()
    {
        using var platform = new BackupPlatform();
        for (var ago = 0; ago < 10; ago++)
            platform.Night(ago, (100 - ago) * Mebi);
        await platform.OwnAsync("pre-maintenance-20261122", 0, Token);

        var (end, findings) = await platform.SizesAsync(Token);

        end.Status.ShouldBe(StepStatus.Succeeded, string.Join('\n', findings));
        end.Summary.ShouldContain($"{platform.NightlyFolder}: 10 backups in 955 MiB, each larger by 7.0 MiB a week");
        var series = platform.Harness.Measures("backups.sizes").Where(measure => measure.Name == "backup_size").ToLookup(measure => DatedSubject.Instant(measure.Subject)!.Value.What);
        series[KnownBackup.Own].Count().ShouldBe(1);
        series[platform.NightlyFolder].Count().ShouldBe(10);
        var line = series[platform.NightlyFolder + DatedSubject.Trend].ToList();
        DatedSubject.Instant(line[1].Subject)!.Value.At.ShouldBe(BackupPlatform.Now.AddDays(28));
        line[1].Value.ShouldBe(128.0 * Mebi, tolerance: 1);
        findings.Select(finding => finding.Code).ShouldBe(["size-trend-not-checked"]);
        (await File.ReadAllLinesAsync(Path.Combine(platform.Harness.Folder, "backups", "sizes.csv"), Token)).Length.ShouldBe(12);
    }

    [Fact]
    public async Task What_earlier_runs_saw_keeps_the_trend_when_its_backups_are_gone_and_damaged_ones_are_not_in_it()
    {
        using var platform = new BackupPlatform { WatchesNightly = false };
        await platform.OwnAsync("today", 0, Token, bytes: 500);
        platform.Past = new BackupPast([.. Enumerable.Range(1, 8).Select(week => new SizePoint(BackupPlatform.DaysAgo(week * 7), KnownBackup.Own, 1000 - week * 70))], new Dictionary<string, string>());

        var (end, _) = await platform.SizesAsync(Token);

        end.Summary.ShouldContain("1 backup in 1000 B, each larger by 70 B a week");
    }

    [Fact]
    public async Task Without_any_backup_the_sizes_are_not_checked()
    {
        using var platform = new BackupPlatform();
        platform.Night(1, state: ForeignState.Empty);

        (await platform.SizesAsync(Token)).End.Status.ShouldBe(StepStatus.Skipped);
    }

    [Fact]
    public async Task What_would_expire_is_said_and_this_runs_own_never_is_among_it()
    {
        using var platform = new BackupPlatform { WatchesNightly = false };
        await platform.OwnAsync("now", 0, Token, proven: true);
        for (var ago = 1; ago < 10; ago++)
            await platform.OwnAsync($"hour-{ago}", ago / 24.0, Token, run: ago == 5 ? "weekly-20261122" : null);

        var (_, findings) = await platform.SizesAsync(Token);

        var expiring = findings.Single(finding => finding.Code == "backups-would-expire");
        expiring.Severity.ShouldBe(Severity.Info);
        expiring.Message.ShouldContain("hour-9, hour-8, hour-7");
        expiring.Message.ShouldNotContain("hour-5");
    }

    [Fact]
    public void One_odd_backup_in_four_does_not_bend_the_trend() =>
        Gen.Select(Gen.Double[-1e6, 1e6], Gen.Double[-1e12, 1e12].Array[6], Gen.Int[0, 3]).Sample((slope, odd, first) =>
        {
            var points = Enumerable.Range(0, 24).Select(day => ((double)day, day % 4 == first ? odd[day / 4] : 1e9 + slope * day)).ToList();

            Robust.TheilSen(points)!.Value.Slope.ShouldBe(slope, tolerance: 1e-3);
        }, iter: 1000);

    [Fact]
    public void The_disk_is_full_when_what_is_added_is_more_than_what_is_free_and_later_where_old_ones_go()
    {
        var now = BackupPlatform.Now;
        var own = Trend(_ => 100, 10) with { Source = KnownBackup.Own };
        var keep = new KeepSettings { Daily = 7, Weekly = 4, Monthly = 6 };

        // A backup of 100 a day into 1,000: full on the tenth day. Pruned to 17 of 100 each it never takes more than 700 more.
        DiskForecast.Of("/", new DiskSpace("/", 5000, 1000), [own], keep, now).ShouldSatisfyAllConditions(
            disk => disk.DaysUntilFull.ShouldBe(10), disk => disk.DaysUntilFullPruned.ShouldBeNull(), disk => disk.NextBytes.ShouldBe(100));
        DiskForecast.Of("/", new DiskSpace("/", 5000, 600), [own], keep, now).DaysUntilFullPruned.ShouldBe(6);
        // Two sources share the disk's room.
        DiskForecast.Of("/", new DiskSpace("/", 5000, 1000), [own, Trend(_ => 400, 10)], keep, now).DaysUntilFull.ShouldBe(2);
    }

    [Fact]
    public async Task Of_backups_of_one_day_no_rate_is_claimed_however_many_they_are()
    {
        using var platform = new BackupPlatform { WatchesNightly = false };
        for (var minute = 0; minute < 5; minute++)
            await platform.OwnAsync($"b{minute}", minute / 1440.0, Token, bytes: 100_000 * (9 - minute));

        var (end, findings) = await platform.SizesAsync(Token);

        end.Summary.ShouldNotContain("rate");
        findings.Select(finding => finding.Code).ShouldBe(["size-trend-not-checked"]);
        findings[0].Message.ShouldBe("Not checked: how the sizes of own backups move, because the 5 backups known are of one day or two; it takes backups of three days.");
    }

    [Fact]
    public void A_folder_that_others_thin_out_grows_by_its_backups_growth_only()
    {
        var gone = Enumerable.Range(10, 20).Select(ago => new SizePoint(BackupPlatform.DaysAgo(ago), "nightly", 1000 - ago * 10));
        var thinned = Trend(ago => 1000 - ago * 10, 10, gone);

        thinned.IsThinned.ShouldBeTrue();
        // Ten backups that each grow by ten a day: a hundred a day.
        DiskForecast.Of("/", new DiskSpace("/", 50_000, 10_000), [thinned], new KeepSettings(), BackupPlatform.Now).DaysUntilFull!.Value.ShouldBeInRange(90, 105);
    }

    [Fact]
    public async Task A_disk_without_room_for_the_next_backup_is_critical()
    {
        using var platform = new BackupPlatform { WatchesNightly = false };
        await using var disk = await SmallDisk.MountAsync(platform.Folder, "1m", Token);
        for (var ago = 0; ago < 3; ago++)
            await platform.OwnAsync($"b{ago}", ago, Token, bytes: 170_000);

        var (_, findings) = await platform.SizesAsync(Token);

        findings[0].ShouldSatisfyAllConditions(one => one.Severity.ShouldBe(Severity.Critical), one => one.Code.ShouldBe("backup-disk-full"), one => one.Subject.ShouldBe(platform.Folder));
    }
}
