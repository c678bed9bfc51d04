namespace Upkeep.Planning;

/// <summary>How long a step took once.</summary>
/// <param name="Work">The amount of work it had, in the unit of its <see cref="StepDefinition.WorkMeasure"/>; null where that isn't known.</param>
/// <param name="Idle">It looked and found nothing to do, or nothing to look at: no measure of its work.</param>
public sealed record PastDuration(TimeSpan Duration, double? Work, bool Idle = false);

/// <summary>What the runs so far tell of a step.</summary>
/// <param name="Durations">Of the runs in which it came to its end, newest first.</param>
/// <param name="TimesDeferred">In how many runs in a row, up to the last, it was deferred.</param>
public sealed record StepPast(IReadOnlyList<PastDuration> Durations, int TimesDeferred)
{
    public static StepPast None { get; } = new([], 0);
}
