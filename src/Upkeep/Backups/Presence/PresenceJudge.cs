using NodaTime;
using NodaTime.Extensions;
using Upkeep.Backups.Foreign;
using Upkeep.Configuration;
using Upkeep.Journal;

namespace Upkeep.Backups.Presence;

/// <summary>Judges what the inventory holds against what there should be. Pure.</summary>
/// <param name="run">The run that asks.</param>
public sealed class PresenceJudge(BackupSettings settings, string database, DateTimeZone zone, DateTimeOffset now, string run)
{
    // A day and a half: a nightly backup that is late is not yet one that is missing.
    private static readonly TimeSpan _oldDaily = TimeSpan.FromHours(36);
    private static readonly TimeSpan _oldWeekly = TimeSpan.FromDays(8);

    // Two weekly restore tests that did not happen.
    private static readonly TimeSpan _oldProof = TimeSpan.FromDays(15);

    private readonly ExpectedBackupSettings _expected = settings.Expected;

    /// <summary>Days, newest and last proven.</summary>
    public PresenceSurvey Survey(BackupInventory inventory)
    {
        ArgumentNullException.ThrowIfNull(inventory);
        var whole = inventory.Backups.Where(backup => backup.IsWhole).ToList();
        var byDay = whole.CountBy(backup => DayOf(backup.At)).ToDictionary();
        var today = DayOf(now);
        // Today isn't over: until it has its backup, the days end with yesterday. A run that began before midnight counts for today.
        var hasToday = byDay.ContainsKey(today) || whole.Any(IsThisRuns);
        var last = hasToday || _expected.Days == 1 ? today : today.PlusDays(-1);
        var days = Enumerable.Range(0, _expected.Days).Select(back => last.PlusDays(-back)).Reverse()
            .Select(day => new BackupDay(day.ToDateOnly(), byDay.TryGetValue(day, out var count) ? count : day == today && hasToday ? 1 : 0)).ToList();
        var proven = whole.Where(backup => backup.Stored is { IsProven: true }).MaxBy(backup => backup.Stored!.Proof!.At);
        return new PresenceSurvey(database, days, whole.FirstOrDefault()?.Name, whole.FirstOrDefault()?.At, proven?.Name, proven?.Stored!.Proof!.At);
    }

    /// <summary>Everything that is not as it should be, the worst kinds first.</summary>
    public IReadOnlyList<Finding> Findings(BackupInventory inventory, PresenceSurvey survey)
    {
        ArgumentNullException.ThrowIfNull(inventory);
        ArgumentNullException.ThrowIfNull(survey);
        return
        [
            .. Missing(inventory, survey), .. BackupDamage.Findings(inventory), .. SizeOutliers.Findings(inventory, _expected.LeastShare, DayStart(survey.Days[0].Day)),
            .. Proofs(inventory, survey), .. NotChecked(inventory, survey),
        ];
    }

    private IEnumerable<Finding> Missing(BackupInventory inventory, PresenceSurvey survey)
    {
        if (survey.NewestAt is not { } newest)
        {
            var looked = _expected.Folders.Prepend(settings.Folder).Except(inventory.NotChecked.Select(place => place.Place));
            yield return new Finding(Severity.Critical, "no-backup", $"There is no whole backup of {database} to be seen: not in {string.Join(" and not in ", looked)}.", null, "Take one now: upkeep backup create");
            yield break;
        }
        var age = now - newest;
        var words = $"The newest backup of {database} is {survey.Newest}, {Amount.Age(age)} old";
        var gaps = survey.Gaps;
        // What couldn't be looked at may hold the missing days and a newer one; that it couldn't is said.
        if (inventory.NotChecked.Count > 0 && gaps.Count > 0)
            yield break;
        if (gaps.Count == survey.Days.Count)
            yield return new Finding(Severity.Critical, "backup-too-old", $"{words}: none is of the last {Counted.Of(survey.Days.Count, "day")}.", survey.Newest, "Find out why the backups stopped; take one now: upkeep backup create");
        else if (IsWeeklyOnly(inventory) && gaps.Count > 0)
            yield return WeeklyOnly(survey);
        else if (gaps.Count > 0)
            yield return new Finding(Severity.Warning, "backup-missing", Gaps(inventory, survey), null, "Find out why those nights have none (the log of the job that makes them, the disk), and whether tonight will.");
        if (gaps.Count < survey.Days.Count && age > (_expected.Days == 1 || IsWeeklyOnly(inventory) ? _oldWeekly : _oldDaily))
            yield return new Finding(Severity.Warning, "backup-too-old", $"{words}: that much would be lost.", survey.Newest, "Find out why the newest is that old; take one now: upkeep backup create");
    }

    // Our own weekly backups are all we can see: the rest is not known to be missing, and not known to be there.
    private bool IsWeeklyOnly(BackupInventory inventory) => _expected.Folders.Count == 0 && inventory.Backups.All(backup => backup.Stored?.Manifest is null or { Run: not null });

    private Finding WeeklyOnly(PresenceSurvey survey) => new(Severity.Warning, "daily-backups" + Finding.NotCheckedSuffix,
        $"Not checked: daily backups. {_expected.Days} days should have one each, {Counted.Of(survey.Days.Count - survey.Gaps.Count, "has", "have")} one that the weekly maintenance made, and no folder is named in which others would be.",
        null, "Name the folder of the nightly backups under backup: expected: folders. Where the weekly one is all there is meant to be, write backup: expected: days: 1.");

    private string Gaps(BackupInventory inventory, PresenceSurvey survey)
    {
        var named = survey.Gaps.Select(gap =>
        {
            var spoilt = inventory.Backups.FirstOrDefault(backup => backup.IsDamaged && DayOf(backup.At).ToDateOnly() == gap);
            return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{gap:ddd yyyy-MM-dd}") + (spoilt is null ? "" : $" ({spoilt.Name} is {spoilt.State.ToString().ToLowerInvariant()})");
        });
        return $"{survey.Gaps.Count} of the last {Counted.Of(survey.Days.Count, "day")} {(survey.Gaps.Count == 1 ? "has" : "have")} no whole backup: {string.Join(", ", named.Take(14))}{(survey.Gaps.Count > 14 ? ", …" : "")}.";
    }

    private IEnumerable<Finding> Proofs(BackupInventory inventory, PresenceSurvey survey)
    {
        const string hint = "A backup is proven by restoring it: upkeep run --only backups.restore-test";
        var own = inventory.Backups.Where(backup => backup is { IsOwn: true, IsWhole: true }).ToList();
        if (own.FirstOrDefault() is { Stored.Proof: { Holds: false } failed } newest)
            yield return new Finding(Severity.Critical, "restore-failed", $"{newest.Name}, the newest, did not restore as its manifest says: {string.Join("; ", failed.Problems.Take(3))}.", newest.Name, "Take another and prove it: upkeep backup create");
        if (own.Count > 0 && survey.LastProven is null)
            yield return new Finding(Severity.Warning, "restore-never-proven", own.Count == 1 ? $"{own[0].Name}, the one backup that Upkeep made, was never proven to restore." : $"None of the {own.Count} backups that Upkeep made was ever proven to restore.", null, hint);
        else if (survey.ProvenAt is { } at && now - at > _oldProof)
            yield return new Finding(Severity.Warning, "restore-proof-old", $"The last backup that was proven to restore is {survey.LastProven}, {Amount.Age(now - at)} ago.", survey.LastProven, hint);
    }

    private static IEnumerable<Finding> NotChecked(BackupInventory inventory, PresenceSurvey survey) => inventory.NotChecked.Select(place =>
        new Finding(Severity.Warning, "backup-folder" + Finding.NotCheckedSuffix,
            $"Not checked: {place.Place}, because it can't be read: {place.Reason.TrimEnd('.')}.{(survey.Gaps.Count == 0 ? "" : $" Without it {survey.Gaps.Count} of the last {Counted.Of(survey.Days.Count, "day")} {(survey.Gaps.Count == 1 ? "has" : "have")} no backup that is known of.")}",
            place.Place, $"Make it readable for {Environment.UserName}, or correct backup: expected: folders."));

    private bool IsThisRuns(KnownBackup backup) => backup.Stored?.Manifest?.Run == run;

    private LocalDate DayOf(DateTimeOffset at) => at.ToInstant().InZone(zone).Date;

    private DateTimeOffset DayStart(DateOnly day) => zone.AtStartOfDay(day.ToLocalDate()).ToDateTimeOffset();
}
