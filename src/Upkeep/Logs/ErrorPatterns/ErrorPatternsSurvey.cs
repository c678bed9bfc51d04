namespace Upkeep.Logs.ErrorPatterns;

/// <summary>What went wrong in a week of logs; kept in the journal, where the weeks after it compare themselves with it.</summary>
public sealed record ErrorPatternsSurvey
{
    /// <summary>The week: lines that bear an earlier time are not in it.</summary>
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset To { get; init; }
    /// <summary>The logs that were read with their archives, as they are configured.</summary>
    public required IReadOnlyList<string> Logs { get; init; }
    /// <summary>Whether all of them were read to the end and every message grouped: only such a week is compared with.</summary>
    public required bool IsClean { get; init; }
    /// <summary>Messages of level error or worse.</summary>
    public required long Messages { get; init; }
    public required int TemplateCount { get; init; }
    /// <summary>The most frequent templates; so many as <see cref="ErrorPatternsStep.MostKept"/>.</summary>
    public required IReadOnlyList<PatternCount> Patterns { get; init; }
    /// <summary>How many earlier weeks there were to compare with.</summary>
    public required int ComparedWeeks { get; init; }
    public required IReadOnlyList<PatternChange> Changes { get; init; }
}

/// <summary>How often one template came up.</summary>
/// <param name="Text">The template, with what looks like a secret masked.</param>
/// <param name="Days">By day of the platform's zone, only days with any; messages without a time are on none.</param>
public sealed record PatternCount(string Id, string Text, bool IsCritical, long Count, IReadOnlyDictionary<string, long> Days);

/// <summary>What is different from the weeks before.</summary>
public enum ChangeKind
{
    New,
    Surging,
    Vanished,
}

/// <summary>A template that is new, gone, or far more frequent than it was.</summary>
/// <param name="Usual">The median of the weeks compared with; 0 of a new one.</param>
public sealed record PatternChange(ChangeKind Kind, string Id, string Text, bool IsCritical, long Count, double Usual);
