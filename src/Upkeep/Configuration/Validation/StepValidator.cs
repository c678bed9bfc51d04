namespace Upkeep.Configuration.Validation;

internal static class StepValidator
{
    public static IEnumerable<Objection> Check(IReadOnlyDictionary<string, StepSettings> steps, IReadOnlyCollection<string> known)
    {
        foreach (var (id, settings) in steps)
        {
            if (!known.Contains(id))
            {
                yield return new Objection($"steps.{id}", $"there is no step '{id}'",
                    Nearest.To(id, known) is { } near ? $"Did you mean {near}?" : $"The steps are: {string.Join(", ", known)}.");
            }
            if (settings.Deadline == TimeSpan.Zero)
                yield return new Objection($"steps.{id}.deadline", "a deadline of 0 leaves no time at all", "Write a duration, or enabled: false to switch the step off.");
        }
    }
}
