using Upkeep.Backups;
using Upkeep.Backups.Foreign;
using Upkeep.Backups.Presence;
using Upkeep.Journal;
using Upkeep.Testing;

namespace Upkeep.Tests.Backups.Presence;

public sealed class PresenceStepTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_each_night_and_ours_of_today_is_as_it_should_be_and_all_of_them_are_in_evidence()
    {
        using var platform = new BackupPlatform();
        await platform.OwnAsync("pre-maintenance-20261122", 0.01, Token, proven: true, run: StepHarness.Run);
        for (var ago = 1; ago < 7; ago++)
            platform.Night(ago);

        var (end, findings) = await platform.PresenceAsync(Token);

        end.Status.ShouldBe(StepStatus.Succeeded, string.Join('\n', findings));
        end.Summary.ShouldBe("7 of the last 7 days have a backup; the newest is pre-maintenance-20261122, 14 minutes old; pre-maintenance-20261122 was proven to restore 0 seconds ago");
        findings.ShouldBeEmpty();
        platform.Harness.Measures("backups.presence").Where(measure => DatedSubject.Day(measure.Subject) is not null).Select(measure => measure.Subject)
            .ShouldBe(["2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22"]);
        var csv = await File.ReadAllLinesAsync(Path.Combine(platform.Harness.Folder, "backups", "backups.csv"), Token);
        csv.Length.ShouldBe(8);
        csv[1].ShouldStartWith("pre-maintenance-20261122,own backups,2026-11-22T07:15:36.000Z,0.2,2000,pg_dump,whole,checksums held when this run made it,weekly-20261122");
    }

    [Fact]
    public async Task A_backup_of_a_namesake_on_another_server_is_not_one_of_ours()
    {
        using var platform = new BackupPlatform { Days = 1, WatchesNightly = false };
        await platform.OwnAsync("ours", 0.3, Token, proven: true, server: BackupPlatform.Server);
        await platform.OwnAsync("namesake", 0.1, Token, proven: true, server: "7300000000000000002");

        var (end, _) = await platform.PresenceAsync(Token);

        end.Summary.ShouldContain("the newest is ours, 7 hours old");
        var csv = await File.ReadAllLinesAsync(Path.Combine(platform.Harness.Folder, "backups", "backups.csv"), Token);
        csv.ShouldContain(line => line.StartsWith("namesake,") && line.Contains("otherdatabase") && line.Contains("on another server"));
    }

    [Fact]
    public async Task Seven_backups_of_one_day_are_one_day_and_each_day_without_one_is_named()
    {
        using var platform = new BackupPlatform();
        for (var hour = 0; hour < 7; hour++)
            platform.Night(hour / 24.0 + 0.01);
        platform.Night(1);
        platform.Night(4);

        var (end, findings) = await platform.PresenceAsync(Token);

        end.Status.ShouldBe(StepStatus.Attention);
        var finding = findings.ShouldHaveSingleItem();
        finding.Severity.ShouldBe(Severity.Warning);
        finding.Message.ShouldBe("4 of the last 7 days have no whole backup: Mon 2026-11-16, Tue 2026-11-17, Thu 2026-11-19, Fri 2026-11-20.");
    }

    [Fact]
    public async Task A_day_is_the_platforms_and_today_is_not_missed_before_it_is_over()
    {
        using var platform = new BackupPlatform();
        // 23:30 in Toronto is the next day in UTC.
        for (var night = 0; night < 7; night++)
            platform.Night(3.0 / 24 + night);

        var (_, findings) = await platform.PresenceAsync(Token);

        findings.ShouldBeEmpty();
        platform.Harness.Measures("backups.presence").First(measure => DatedSubject.Day(measure.Subject) is not null).Subject.ShouldBe("2026-11-15");
    }

    [Fact]
    public async Task No_backup_at_all_is_critical_and_so_is_one_that_is_older_than_all_that_is_expected()
    {
        using (var platform = new BackupPlatform())
        {
            var (end, findings) = await platform.PresenceAsync(Token);
            end.Status.ShouldBe(StepStatus.Attention);
            findings.Single().ShouldBe(new Finding(Severity.Critical, "no-backup", $"There is no whole backup of scenescout to be seen: not in {platform.Folder} and not in {platform.NightlyFolder}.", null, "Take one now: upkeep backup create"));
        }
        using (var platform = new BackupPlatform())
        {
            platform.Night(20);
            var (_, findings) = await platform.PresenceAsync(Token);
            findings.Single().ShouldSatisfyAllConditions(one => one.Severity.ShouldBe(Severity.Critical), one => one.Code.ShouldBe("backup-too-old"), one => one.Message.ShouldContain("20 days old"));
        }
    }

    [Fact]
    public async Task A_newest_that_is_damaged_is_critical_and_an_older_one_a_warning_each_by_what_it_is()
    {
        using var platform = new BackupPlatform();
        for (var ago = 0; ago < 7; ago++)
        {
            platform.Night(ago + 0.1, state: ago switch { 0 => ForeignState.Truncated, 2 => ForeignState.Empty, 4 => ForeignState.Corrupt, _ => ForeignState.Whole }, detail: "seen");
            platform.Night(ago + 0.3);
        }

        var (_, findings) = await platform.PresenceAsync(Token);

        findings.Select(finding => (finding.Severity, finding.Code)).ShouldBe(
            [(Severity.Critical, "backup-truncated"), (Severity.Warning, "backup-empty"), (Severity.Warning, "backup-corrupt")]);
        findings[0].Message.ShouldContain("the newest, is truncated: seen.");
    }

    [Fact]
    public async Task A_day_whose_only_backup_is_damaged_has_none_and_says_which()
    {
        using var platform = new BackupPlatform();
        for (var ago = 0; ago < 7; ago++)
            platform.Night(ago + 0.1, state: ago == 3 ? ForeignState.Truncated : ForeignState.Whole);

        var (_, findings) = await platform.PresenceAsync(Token);

        findings.Single(finding => finding.Code == "backup-missing").Message.ShouldBe("1 of the last 7 days has no whole backup: Thu 2026-11-19 (night-3.1.sql.gz is truncated).");
    }

    [Fact]
    public async Task Dumps_of_another_database_and_files_that_are_no_backup_count_for_nothing_and_are_told_apart()
    {
        using var platform = new BackupPlatform { Days = 1 };
        platform.Night(0.1, state: ForeignState.OtherDatabase, detail: "it is of billing");
        platform.Night(0.2, state: ForeignState.NotABackup, detail: "a text");

        var (_, findings) = await platform.PresenceAsync(Token);

        findings.Select(finding => (finding.Severity, finding.Code)).ShouldBe(
            [(Severity.Critical, "no-backup"), (Severity.Warning, "backup-of-another-database"), (Severity.Info, "not-a-backup")]);
    }

    [Theory]
    [InlineData(480_000, 1)]
    [InlineData(520_000, 0)]
    public async Task A_backup_much_smaller_than_those_before_it_is_suspicious_whatever_one_odd_one_weighs(long bytes, int suspicious)
    {
        using var platform = new BackupPlatform();
        for (var ago = 1; ago < 9; ago++)
            platform.Night(ago + 0.1, ago == 5 ? 90_000_000 : 1_000_000);
        platform.Night(0.1, bytes);

        var (_, findings) = await platform.PresenceAsync(Token);

        findings.Count(finding => finding.Code == "backup-suspiciously-small").ShouldBe(suspicious);
        if (suspicious > 0)
            findings[0].Message.ShouldContain("has 469 KiB, 48 % of the 977 KiB that those before it have (median of 8)");
    }

    [Fact]
    public async Task Two_before_are_too_few_to_call_a_third_small()
    {
        using var platform = new BackupPlatform { Days = 2 };
        platform.Night(2.1);
        platform.Night(1.1);
        platform.Night(0.1, 10);

        (await platform.PresenceAsync(Token)).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_only_the_weekly_backups_are_known_the_daily_ones_are_not_checked_and_one_line_mends_it()
    {
        using var platform = new BackupPlatform { WatchesNightly = false };
        await platform.OwnAsync("pre-maintenance-20261122", 0.01, Token, proven: true, run: StepHarness.Run);
        await platform.OwnAsync("pre-maintenance-20261115", 7, Token, proven: true, run: "weekly-20261115");

        var (_, findings) = await platform.PresenceAsync(Token);

        var finding = findings.ShouldHaveSingleItem();
        finding.Code.ShouldEndWith(Finding.NotCheckedSuffix);
        finding.Hint.ShouldNotBeNull().ShouldContain("days: 1");

        using var weekly = new BackupPlatform { WatchesNightly = false, Days = 1 };
        await weekly.OwnAsync("pre-maintenance-20261122", 0.01, Token, proven: true, run: StepHarness.Run);
        (await weekly.PresenceAsync(Token)).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_folder_that_cannot_be_read_is_not_checked_and_never_passed()
    {
        using var platform = new BackupPlatform { Nightly = null };
        await platform.OwnAsync("pre-maintenance-20261122", 0.01, Token, proven: true, run: StepHarness.Run);

        var (end, findings) = await platform.PresenceAsync(Token);

        end.Status.ShouldBe(StepStatus.Attention);
        // Not known to be missing either: no day is said to be without one.
        findings.ShouldHaveSingleItem().ShouldSatisfyAllConditions(one => one.Code.ShouldBe("backup-folder-not-checked"), one => one.Subject.ShouldBe(platform.NightlyFolder),
            one => one.Message.ShouldEndWith("Without it 6 of the last 7 days have no backup that is known of."));
    }

    [Fact]
    public async Task Backups_that_were_never_restored_are_only_believed_in()
    {
        using var platform = new BackupPlatform { Days = 1 };
        await platform.OwnAsync("today", 0.1, Token);
        (await platform.PresenceAsync(Token)).Findings.Single().Code.ShouldBe("restore-never-proven");

        using var old = new BackupPlatform { Days = 1 };
        await old.OwnAsync("today", 0.1, Token);
        await old.OwnAsync("then", 30, Token, proven: true);
        (await old.PresenceAsync(Token)).Findings.Single().ShouldSatisfyAllConditions(one => one.Code.ShouldBe("restore-proof-old"), one => one.Message.ShouldContain("then, 29 days ago"));

        using var failed = new BackupPlatform { Days = 1 };
        await failed.OwnAsync("today", 0.1, Token, proven: false);
        await failed.OwnAsync("then", 3, Token, proven: true);
        (await failed.PresenceAsync(Token)).Findings.Single().ShouldSatisfyAllConditions(one => one.Severity.ShouldBe(Severity.Critical), one => one.Message.ShouldContain("1 row fewer"));
    }

    [Fact]
    public async Task One_flipped_byte_in_the_newest_of_ours_is_found_by_its_checksum_and_a_shortened_file_in_any_by_its_size()
    {
        using var platform = new BackupPlatform { Days = 1 };
        await platform.OwnAsync("today", 0.1, Token, proven: true);
        await platform.OwnAsync("yesterday", 1.1, Token);
        var file = Path.Combine(platform.Store.Folder("today"), "dump", "1.dat");
        var bytes = await File.ReadAllBytesAsync(file, Token);
        bytes[500] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Token);
        await File.WriteAllTextAsync(Path.Combine(platform.Store.Folder("yesterday"), "dump", "0.dat"), "short", Token);

        var (_, findings) = await platform.PresenceAsync(Token);

        findings.Where(finding => finding.Code is "backup-corrupt" or "backup-truncated").Select(finding => (finding.Severity, finding.Subject)).ShouldBe([(Severity.Critical, "today"), (Severity.Warning, "yesterday")]);
    }

    [Fact]
    public async Task A_folder_without_a_readable_manifest_is_no_backup_and_said_so()
    {
        using var platform = new BackupPlatform { Days = 1 };
        await platform.OwnAsync("today", 0.1, Token, proven: true);
        await platform.OwnAsync("torn", 1, Token);
        await File.WriteAllTextAsync(Path.Combine(platform.Store.Folder("torn"), BackupStore.ManifestFile), "{ torn", Token);

        (await platform.PresenceAsync(Token)).Findings.Single().ShouldSatisfyAllConditions(one => one.Code.ShouldBe("backup-without-manifest"), one => one.Subject.ShouldBe("torn"));
    }

    [Fact]
    public async Task A_run_that_began_before_midnight_has_its_backup_of_today()
    {
        using var platform = new BackupPlatform { WatchesNightly = false, Days = 1 };
        await platform.OwnAsync("pre-maintenance-20261121", 3.0 / 24, Token, proven: true, run: StepHarness.Run);

        (await platform.PresenceAsync(Token)).Findings.ShouldBeEmpty();
    }
}
