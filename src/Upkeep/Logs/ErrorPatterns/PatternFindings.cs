using System.Globalization;
using Upkeep.Journal;

namespace Upkeep.Logs.ErrorPatterns;

/// <summary>What of the week's errors a reader should know: pure.</summary>
internal static class PatternFindings
{
    private const int MostOfAKind = 10;
    // A message that came up once or twice is told, and wakes nobody.
    private const int Worth = 3;
    private const string See = "Examples with times are in logs/error-patterns.json in the run's folder.";

    public static IEnumerable<Finding> Of(ErrorPatternsSurvey survey)
    {
        if (survey.ComparedWeeks == 0)
            yield return new Finding(Severity.Info, "error-changes" + Finding.NotCheckedSuffix, "Not checked: what is new, gone or surging, because the journal holds no earlier week that was read as a whole.");
        else if (survey.ComparedWeeks < PatternComparison.FewestWeeksForSurge)
            yield return new Finding(Severity.Info, "error-surges" + Finding.NotCheckedSuffix,
                $"Not checked: what is surging, because the journal holds {Counted.Of(survey.ComparedWeeks, "earlier week")} of it, and it takes {PatternComparison.FewestWeeksForSurge}.");
        foreach (var kind in survey.Changes.GroupBy(change => change.Kind))
        {
            foreach (var change in kind.Take(MostOfAKind))
                yield return Of(change);
            if (kind.Count() > MostOfAKind)
                yield return new Finding(Severity.Info, "error-patterns-more", $"{Counted.Of(kind.Count() - MostOfAKind, "more message")} like these ({Word(kind.Key)}); logs/error-patterns.csv names all.");
        }
    }

    private static Finding Of(PatternChange change) => change.Kind switch
    {
        ChangeKind.New => new Finding(change.IsCritical || change.Count >= Worth ? Severity.Warning : Severity.Info, "error-pattern-new",
            string.Create(CultureInfo.InvariantCulture, $"New this week, {Counted.Of(change.Count, "time")}: {change.Text}"), change.Id, "Find out what changed since last week. " + See),
        ChangeKind.Surging => new Finding(Severity.Warning, "error-pattern-surging",
            string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(change.Count, "time")} this week, {change.Usual:0} usually: {change.Text}"), change.Id, "Find out when it began: logs/error-patterns.csv has it by day. " + See),
        _ => new Finding(Severity.Info, "error-pattern-vanished",
            string.Create(CultureInfo.InvariantCulture, $"Not once this week, {change.Usual:0} times usually: {change.Text}"), change.Id, "Where nobody mended it, see whether what wrote it still runs."),
    };

    private static string Word(ChangeKind kind) => kind switch { ChangeKind.New => "new this week", ChangeKind.Surging => "surging", _ => "vanished" };
}
