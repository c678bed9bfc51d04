using Upkeep.Planning;

namespace Upkeep.Maintenance;

/// <summary>What the operator asks of a run.</summary>
public sealed record RunRequest
{
    public StepSelection Selection { get; init; } = StepSelection.All;

    /// <summary>Look only: nothing is changed, kept or locked.</summary>
    public bool DryRun { get; init; }

    /// <summary>Go on with the last run where it stopped; its own selection counts.</summary>
    public bool Resume { get; init; }

    /// <summary>Run now, with no window to wait for or to end at.</summary>
    public bool IgnoreWindow { get; init; }

    /// <summary>The request in words, as the report shows it.</summary>
    internal IReadOnlyList<string> Words =>
    [
        .. Selection.Only.Count > 0 ? [$"--only {string.Join(',', Selection.Only)}"] : Array.Empty<string>(),
        .. Selection.Skip.Count > 0 ? [$"--skip {string.Join(',', Selection.Skip)}"] : Array.Empty<string>(),
        .. DryRun ? ["--dry-run"] : Array.Empty<string>(),
        .. IgnoreWindow ? ["--ignore-window"] : Array.Empty<string>(),
    ];
}
