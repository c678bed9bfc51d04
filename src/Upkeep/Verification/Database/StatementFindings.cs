using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Journal;

namespace Upkeep.Verification.Database;

/// <summary>What the statements did since the baseline, in words.</summary>
internal static class StatementFindings
{
    /// <summary>The costliest statements that are told of.</summary>
    public const int Listed = 50;

    public const int TextLength = 500;

    // Thousands of statements are compared at once: fewer standard errors would find a slower one in every run.
    private const double StandardErrors = 4;
    private const double FloorMs = 1;

    /// <summary>The costliest since the baseline, and every one that became slower.</summary>
    public static IReadOnlyList<StatementDelta> Told(StatementComparison? statements, UpkeepConfiguration configuration) =>
        statements is null ? [] : [.. statements.Deltas.Where((delta, place) => place < Listed || IsSlower(delta, configuration))];

    public static IEnumerable<Finding> Of(StatementComparison statements, IReadOnlyDictionary<long, string> texts, UpkeepConfiguration configuration)
    {
        if (statements.NotChecked is { } reason)
            yield return new Finding(Severity.Info, "statements-not-checked", $"Not checked: statements, because {reason}.", null, statements.Hint);
        if (statements.Reset > 0 && statements.NotChecked is null)
            yield return new Finding(Severity.Info, "statements-reset", string.Create(CultureInfo.InvariantCulture, $"Not checked: {Counted.Of(statements.Reset, "statement")} whose own counters were reset since the baseline."));
        foreach (var delta in statements.Deltas.Where(delta => IsSlower(delta, configuration)))
            yield return new Finding(Severity.Warning, "statement-slower", string.Create(CultureInfo.InvariantCulture,
                $"Slower since the baseline, beyond noise: {delta.MeanMs:0.##} ms in {delta.Calls} calls, {delta.MeanBeforeMs:0.##} ms before ({delta.StandardErrors:0.#} standard errors apart): {texts.GetValueOrDefault(delta.QueryId) ?? "statement not visible"}"),
                delta.QueryId.ToString(CultureInfo.InvariantCulture), "Look at its plan (explain analyze); statistics or caches may have changed.");
    }

    private static bool IsSlower(StatementDelta delta, UpkeepConfiguration configuration) =>
        delta.Calls >= configuration.Performance.MinCalls
        && delta.MeanBeforeMs is { } before
        && delta.MeanMs - before >= Math.Max(FloorMs, configuration.Verification.SlowerShare * before)
        && delta.StandardErrors >= StandardErrors;
}
