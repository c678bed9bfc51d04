using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Running;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>Counts, tables and sentences of security updates.</summary>
internal static class UpdateFigures
{
    // A year of weeks in the chart.
    private const int MostPoints = 52;
    private const int Named = 5;

    public static void Measure(StepContext context, UpdateSurvey survey, IReadOnlyList<PendingPoint> past, DateTimeOffset at)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());
        context.Before("security_updates", survey.Security.Count, "count");
        context.Before("other_updates", survey.Others, "count");
        foreach (var (what, count) in new[] { ("security", survey.Security.Count), ("other", survey.Others) })
        {
            context.BeforeSeries("pending_updates", "count", what,
                [.. past.Where(point => point.What == what && point.At < now).OrderBy(point => point.At).TakeLast(MostPoints - 1).Select(point => (point.At, point.Count)), (now, count)]);
        }
    }

    /// <param name="effect">Null before anything was done.</param>
    public static Csv Table(UpdateSurvey survey, UpdateEffect? effect)
    {
        var table = new Csv("package", "from", "to", "archive", "state", "why", "old_package", "sha256");
        foreach (var update in survey.Security)
        {
            var changed = effect?.Changed.FirstOrDefault(package => package.Package == update.Package);
            table.Row(update.Package, update.From, update.To, update.Archive, changed is null ? update.State.ToString() : changed.Unfinished is null ? "installed" : $"unfinished ({changed.Unfinished})", update.Why, changed?.Kept?.File, changed?.Kept?.Sha256);
        }
        return table;
    }

    public static string Told(UpdateSurvey survey)
    {
        var pending = survey.Security.Count + survey.Others;
        var staying = survey.Security.Where(update => update.State != UpdateState.Due).GroupBy(update => update.State).Select(group => $"{group.Count()} {Word(group.Key)}").ToList();
        return pending == 0 ? "no update is pending"
            : $"{survey.Security.Count} of {Counted.Of(pending, "pending update")} {(survey.Security.Count == 1 ? "is" : "are")} for security by the archives' labels{(staying.Count == 0 ? "" : $" ({string.Join(", ", staying)})")}";
    }

    public static string Told(UpdateEffect effect, UpdateSurvey survey)
    {
        List<ChangedPackage> whole = [.. effect.Changed.Where(package => package.Unfinished is null)], unfinished = [.. effect.Changed.Where(package => package.Unfinished is not null)];
        var done = whole.Count == 0 ? "installed nothing"
            : $"installed {Counted.Of(whole.Count, "security update")} of {survey.Due.Count}: {string.Join(", ", whole.Take(Named).Select(package => $"{package.Package} {package.From} → {package.To}"))}{(whole.Count > Named ? ", …" : "")}";
        return $"{done}{(unfinished.Count == 0 ? "" : $"; begun and not finished: {string.Join(", ", unfinished.Take(Named).Select(package => $"{package.Package} ({package.Unfinished})"))}")}; {Counted.Of(survey.Others, "other update")} not touched";
    }

    public static string Names(IReadOnlyList<PendingUpdate> updates) =>
        string.Join(", ", updates.Take(Named).Select(update => $"{update.Package} {update.From} → {update.To}")) + (updates.Count > Named ? ", …" : "");

    /// <summary>Whether there is a way back, and for which packages there is none: said before anybody asks for it.</summary>
    public static (UndoState State, string Hint) Undo(UpdateEffect effect)
    {
        var lost = effect.Changed.Where(package => package.Kept is null).Select(package => package.Package).ToList();
        return effect.Changed.Count == 0 ? (UndoState.NotNeeded, "No package was changed.")
            : lost.Count == effect.Changed.Count ? (UndoState.None, $"The old versions were not to be had: no archive has them any more, nor apt's cache, and dpkg-repack isn't here: {string.Join(", ", lost.Take(Named))}.")
            : (UndoState.Available, $"The old packages are in host/packages-before and are installed again, without a network.{(lost.Count == 0 ? "" : $" For {string.Join(", ", lost)} there is no way back: the old version was not to be had.")}");
    }

    /// <summary>Packages other than those asked for whose version isn't what it was.</summary>
    public static IReadOnlyList<string> ChangedBesides(UpdateSurvey survey, UpdateEffect effect, IReadOnlyDictionary<string, InstalledPackage> now)
    {
        var asked = effect.Changed.Select(package => package.Package).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. survey.Installed.Where(one => !asked.Contains(one.Key) && now.GetValueOrDefault(one.Key)?.Version != one.Value).Select(one => $"{one.Key} {one.Value} → {now.GetValueOrDefault(one.Key)?.Version ?? "removed"}"),
            .. now.Values.Where(one => !survey.Installed.ContainsKey(one.Name)).Select(one => $"{one.Name} {one.Version} (new)"),
        ];
    }

    private static string Word(UpdateState state) => state switch
    {
        UpdateState.Held => "held",
        UpdateState.Pinned => "pinned",
        UpdateState.LeftOut => "left out by the configuration",
        _ => "that would change more than itself",
    };
}
