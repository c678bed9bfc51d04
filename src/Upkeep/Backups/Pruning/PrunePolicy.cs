using System.Globalization;
using NodaTime;
using NodaTime.Calendars;
using NodaTime.Text;

namespace Upkeep.Backups.Pruning;

/// <summary>
/// Which backups stay. Of each of the last days, weeks and months that have any, the newest stays, in the manner of restic's snapshot policy:
/// days without a backup don't count, so a break keeps old backups and loses none. What no rule keeps expires only when a newer one has been
/// proven to restore; so the newest proven one never goes, and where none is proven, nothing does. One that was restored and isn't what its
/// manifest says stands for no day: it would push out the good one of that day.
/// </summary>
public static class PrunePolicy
{
    private static readonly LocalDatePattern _day = LocalDatePattern.Iso;

    public static PruneDecision Decide(PruneRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var untouched = request.Backups.Select(backup => new PruneVerdict(backup, NotOurs(backup, request) is { } why ? [why] : [])).Where(verdict => verdict.Reasons.Count > 0).ToList();
        List<StoredBackup> newestFirst = [.. request.Backups.Where(backup => NotOurs(backup, request) is null).OrderByDescending(At).ThenByDescending(backup => backup.Name, StringComparer.Ordinal)];
        var reasons = Reasons(newestFirst, request);
        var proven = newestFirst.FirstOrDefault(backup => backup.IsProven);

        var keep = new List<PruneVerdict>();
        var expire = new List<PruneVerdict>();
        foreach (var (backup, index) in newestFirst.Select((backup, index) => (backup, index)))
        {
            if (reasons[index].Count > 0)
                keep.Add(new PruneVerdict(backup, reasons[index]));
            else if (backup == proven)
                keep.Add(new PruneVerdict(backup, ["the newest that was proven to restore"]));
            else if (proven is null || At(proven) <= At(backup))
                keep.Add(new PruneVerdict(backup, ["no newer one was proven to restore"]));
            else
                expire.Insert(0, new PruneVerdict(backup, [$"{(IsSpoilt(backup) ? "it did not restore as its manifest says" : "no day, week or month keeps it")}, and {proven.Name} is newer and was proven to restore"]));
        }
        return new PruneDecision([.. keep, .. untouched], expire);
    }

    // What is in a backup are the rows of when it began.
    private static DateTimeOffset At(StoredBackup backup) => backup.Manifest!.StartedAt;

    private static bool IsSpoilt(StoredBackup backup) => backup.Proof is { Holds: false };

    private static string? NotOurs(StoredBackup backup, PruneRequest request) => backup.Manifest switch
    {
        null => "its manifest can't be read, so nobody knows what is in it",
        var manifest when request.Owner.NotOf(manifest) is { } why => $"{why}, which this platform doesn't maintain",
        { StartedAt: var at } when at > request.Now => string.Create(CultureInfo.InvariantCulture, $"it says it is of {at.UtcDateTime:yyyy-MM-dd HH:mm}Z, which is still to come: one of two clocks is wrong"),
        _ => null,
    };

    private static List<string>[] Reasons(List<StoredBackup> newestFirst, PruneRequest request)
    {
        var reasons = newestFirst.Select(_ => new List<string>()).ToArray();
        if (newestFirst.FindIndex(backup => !IsSpoilt(backup)) is >= 0 and var newest)
            reasons[newest].Add("the newest");
        var dates = newestFirst.Select(backup => IsSpoilt(backup) ? (LocalDate?)null : Instant.FromDateTimeOffset(At(backup)).InZone(request.Zone).Date).ToList();
        Newest(dates, _day.Format, request.Keep.Daily, "day", reasons);
        Newest(dates, Week, request.Keep.Weekly, "week", reasons);
        Newest(dates, date => date.ToYearMonth().ToString("uuuu-MM", CultureInfo.InvariantCulture), request.Keep.Monthly, "month", reasons);
        for (var index = 0; index < newestFirst.Count; index++)
        {
            if (newestFirst[index].Manifest!.Run is { } run && request.Held.TryGetValue(run, out var held))
                reasons[index].Add(held);
        }
        return reasons;
    }

    private static void Newest(List<LocalDate?> dates, Func<LocalDate, string> name, int most, string what, List<string>[] reasons)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < dates.Count && seen.Count < most; index++)
        {
            if (dates[index] is { } date && seen.Add(name(date)))
                reasons[index].Add($"the newest of the {what} {name(date)}");
        }
    }

    private static string Week(LocalDate date) => string.Create(CultureInfo.InvariantCulture,
        $"{WeekYearRules.Iso.GetWeekYear(date):0000}-W{WeekYearRules.Iso.GetWeekOfWeekYear(date):00}");
}
