using System.Globalization;

namespace Upkeep.Logs.Pruning;

/// <summary>Decides which archives of a log go.</summary>
internal static class LogPrunePolicy
{
    /// <param name="archives">Of one log, newest first.</param>
    /// <param name="keep">How old one may become.</param>
    /// <param name="atLeast">So many of the newest stay in any case.</param>
    public static IReadOnlyList<ArchiveVerdict> Decide(IReadOnlyList<ArchiveFile> archives, TimeSpan keep, int atLeast, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var counted = 0;
        return
        [
            .. archives.Select(archive =>
            {
                var age = today.DayNumber - archive.Day.DayNumber;
                var since = string.Create(CultureInfo.InvariantCulture, $"of {archive.Day:yyyy-MM-dd} ({Counted.Of(age, "day")}{(archive.IsDatedByName ? "" : ", by its last change: its name tells no day")})");
                if (archive.Facts.IsLink)
                    return new ArchiveVerdict(archive, false, "a link: never followed, never removed");
                if (!archive.Facts.IsRegular)
                    return new ArchiveVerdict(archive, false, "no regular file");
                // It says nothing of what there is: counted as the newest, it would let the real ones go.
                if (age < 0)
                    return new ArchiveVerdict(archive, false, string.Create(CultureInfo.InvariantCulture, $"of {archive.Day:yyyy-MM-dd}, which is still to come: one of two clocks was wrong; it counts for nothing"));
                if (++counted <= atLeast)
                    return new ArchiveVerdict(archive, false, $"{since}, among the {atLeast} newest");
                return TimeSpan.FromDays(age) > keep ? new ArchiveVerdict(archive, true, $"{since}, older than {Amount.Duration(keep)}") : new ArchiveVerdict(archive, false, since);
            }),
        ];
    }
}

/// <summary>Whether an archive goes, and why.</summary>
public sealed record ArchiveVerdict(ArchiveFile Archive, bool Goes, string Why);
