namespace Upkeep.Logs.ErrorPatterns;

/// <summary>Chooses the weeks to compare with: pure.</summary>
public static class PastWeeks
{
    private const int Most = 12;
    // A run begins a little earlier or later than the week before.
    private static readonly TimeSpan _slack = TimeSpan.FromHours(12);

    /// <summary>Clean weeks that don't overlap with this one or one another: a second run of a day saw the same lines again.</summary>
    /// <param name="surveys">Of earlier runs, newest first.</param>
    public static IReadOnlyList<ErrorPatternsSurvey> Choose(IReadOnlyList<ErrorPatternsSurvey> surveys, DateTimeOffset from)
    {
        ArgumentNullException.ThrowIfNull(surveys);
        var chosen = new List<ErrorPatternsSurvey>();
        foreach (var survey in surveys.Where(survey => survey.IsClean).OrderByDescending(survey => survey.To))
        {
            if (chosen.Count < Most && survey.To <= from + _slack)
            {
                chosen.Add(survey);
                from = survey.From;
            }
        }
        return chosen;
    }
}
