using Upkeep.Configuration;
using Upkeep.Journal;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>What a reader should know of pending updates.</summary>
internal static class UpdateFindings
{
    private const int Named = 8;

    public static IEnumerable<Finding> Of(UpdateSurvey survey, SecurityUpdateSettings settings, bool applies)
    {
        var due = survey.Due;
        if (!applies && due.Count > 0)
        {
            yield return new Finding(Severity.Warning, "updates-security-pending", $"{Counted.Of(due.Count, "security update")} pending: {Names(due)}.", null,
                settings.Apply ? "Somebody with the right to has to install them; upkeep check says what is lacking." : "Approve of them with host: securityUpdates: apply: true, or install them by hand.");
        }
        foreach (var update in survey.Security.Where(update => update.State != UpdateState.Due))
            yield return Of(update);
        if (applies && due.Where(update => !update.OldIsToBeHad).ToList() is { Count: > 0 } lost)
        {
            yield return new Finding(Severity.Info, "updates-way-back-doubtful", $"No archive has the installed version of {Names(lost)} any more: without a copy in apt's cache, or dpkg-repack, there is no way back for {(lost.Count == 1 ? "it" : "them")}.", null,
                "As root: apt-get install dpkg-repack. With host: securityUpdates: requireWayBack: true they are left as they are.");
        }
    }

    /// <summary>Of one that stays as it is.</summary>
    public static Finding Of(PendingUpdate update)
    {
        var told = $"{update.Package} stays at {update.From}, though {update.Archive} has {update.To}: {update.Why}.";
        return update.State switch
        {
            UpdateState.Held => new Finding(Severity.Warning, "update-held", told, update.Package, $"Where the hold isn't wanted any more: apt-mark unhold {update.Package}"),
            UpdateState.Pinned => new Finding(Severity.Warning, "update-pinned", told, update.Package, $"See: apt-cache policy {update.Package}, and /etc/apt/preferences.d"),
            UpdateState.LeftOut => new Finding(Severity.Info, "update-left-out", told, update.Package, "host: securityUpdates: except names it."),
            _ => new Finding(Severity.Warning, "update-refused", told, update.Package, $"Decide by hand: apt-get install {update.Target}"),
        };
    }

    /// <summary>Of the lists that all of this rests on.</summary>
    public static IEnumerable<Finding> Of(ListState lists, DateTimeOffset now, TimeSpan maxAge)
    {
        foreach (var failed in lists.Failed)
            yield return new Finding(Severity.Warning, "updates-source" + Finding.NotCheckedSuffix, $"Not checked: what a source has now, because its list was not to be had: {failed}", null, "Is the network there, and the address in /etc/apt/sources.list right? A proxy that asks for a login answers with a page instead. Then: apt-get update");
        if (lists.At is { } at && now - at > maxAge)
            yield return new Finding(Severity.Warning, "updates-lists-old", $"apt's lists are {Amount.Age(now - at)} old ({lists.NotRefreshed ?? "they could not be fetched"}): what came out since isn't known.", null, "As root: apt-get update");
    }

    /// <summary>What was changed, one by one.</summary>
    public static Finding Of(ChangedPackage package) => package.Unfinished is { } unfinished
        ? new(Severity.Warning, "update-unfinished", $"{package.Package}: {package.From} → {package.To} was begun and isn't finished: dpkg has it as {unfinished}.", package.Package, "See host/apt.log in the run's folder, and as root: dpkg --audit")
        : new(Severity.Info, "update-installed",
        $"{package.Package}: {package.From} → {package.To}, from {package.Archive}{(package.Kept is { } kept ? $"; the old one is kept ({kept.Source})" : "; there is no way back: the old one was not to be had")}.", package.Package);

    private static string Names(IReadOnlyList<PendingUpdate> updates) =>
        string.Join(", ", updates.Take(Named).Select(update => $"{update.Package} {update.From} → {update.To}")) + (updates.Count > Named ? $" and {updates.Count - Named} more" : "");
}
