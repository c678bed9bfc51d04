namespace Upkeep.Journal;

/// <summary>One figure, taken at one look.</summary>
/// <param name="Name">snake_case name, for example <c>dead_rows</c>.</param>
/// <param name="Unit">Unit of the figure: <c>rows</c>, <c>bytes</c>, <c>ms</c>, <c>count</c>, <c>share</c>, <c>seconds</c>.</param>
/// <param name="Subject">What it was measured on (a table, an endpoint), or null for the whole platform.</param>
/// <param name="Look">Before the act or after it.</param>
public sealed record Measure(string Name, string Unit, double Value, string? Subject, Look Look);

/// <summary>Something a reader should know, with how much it matters.</summary>
/// <param name="Code">Stable kebab-case code, for example <c>table-locked</c>.</param>
/// <param name="Message">What is, with its value. Written for a tired person.</param>
/// <param name="Subject">What it is about (a table, an endpoint, a file), or null.</param>
/// <param name="Hint">What to do about it, or null.</param>
public sealed record Finding(Severity Severity, string Code, string Message, string? Subject = null, string? Hint = null)
{
    /// <summary>How the code of a finding ends that says what a step could not look at, though it looked at the rest.</summary>
    public const string NotCheckedSuffix = "-not-checked";
}

/// <summary>A file that a step left in the run's folder as evidence.</summary>
/// <param name="Path">Path relative to the run's folder, with forward slashes.</param>
/// <param name="Sha256">Lower-case hex digest of the file's bytes.</param>
/// <param name="Bytes">Size of the file.</param>
public sealed record Artifact(string Path, string MediaType, string Sha256, long Bytes);
