namespace Upkeep.Planning;

/// <summary>How long a step took once.</summary>
/// <param name="Work">The amount of work it had, in the unit of its <see cref="StepDefinition.WorkMeasure"/>; null where that isn't known.</param>
public sealed record PastDuration(TimeSpan Duration, double? Work);

/// <summary>What the runs so far tell of a step.</summary>
/// <param name="Durations">Of the runs in which it did its work to the end, newest first.</param>
/// <param name="TimesDeferred">In how many runs in a row, up to the last, it was deferred.</param>
public sealed record StepPast(IReadOnlyList<PastDuration> Durations, int TimesDeferred)
{
    public static StepPast None { get; } = new([], 0);
}
