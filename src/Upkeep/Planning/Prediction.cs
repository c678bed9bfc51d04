using System.Globalization;

namespace Upkeep.Planning;

/// <summary>How long a step should take, and what that rests on (docs/decisions/budget.md).</summary>
/// <param name="Source">In words, for example <c>90th percentile of 7 runs</c>.</param>
public sealed record Prediction(TimeSpan Duration, string Source)
{
    private const double Percentile = 0.9;

    // A step has costs that don't shrink with its work, and one measured on little work tells little of much.
    private const double MaxScale = 10;

    private static readonly TimeSpan ChangeWithoutHistory = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan LookWithoutHistory = TimeSpan.FromMinutes(2);

    /// <summary>Predicts from the step's past, scaled to the work it has now where that is known.</summary>
    /// <param name="deadline">No prediction is longer: the step is stopped then.</param>
    /// <param name="work">This run's amount of work, or null.</param>
    public static Prediction Of(StepDefinition step, TimeSpan deadline, IReadOnlyList<PastDuration> past, double? work)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(past);
        List<PastDuration> busy = [.. past.Where(one => !one.Idle)];
        var prediction = busy.Count > 0 ? FromPast(step, busy, work) : past.Count > 0 ? NeverBusy(past) : Assumed(step);
        return prediction.Duration <= deadline ? prediction
            : new Prediction(deadline, $"its deadline; {prediction.Source} says {Amount.Duration(prediction.Duration)}");
    }

    /// <summary>The value that a share of the values does not exceed; between two of them by linear interpolation (Hyndman and Fan's type 7).</summary>
    /// <param name="values">At least one.</param>
    /// <param name="share">0 (the least) to 1 (the greatest).</param>
    internal static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        var position = (sorted.Length - 1) * share;
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (position - below));
    }

    private static Prediction Assumed(StepDefinition step)
    {
        var duration = step.Kind == StepKind.Change ? ChangeWithoutHistory : LookWithoutHistory;
        return new Prediction(duration, $"no history: {Amount.Duration(duration)} assumed");
    }

    private static Prediction NeverBusy(IReadOnlyList<PastDuration> past) =>
        new(At(past.Select(one => one.Duration.TotalSeconds)), $"90th percentile of {Runs(past.Count)}, with nothing to do in any");

    private static Prediction FromPast(StepDefinition step, List<PastDuration> past, double? work)
    {
        var measured = past.Where(one => one.Work is > 0 and < double.PositiveInfinity).ToList();
        if (work is not (>= 0 and < double.PositiveInfinity) || measured.Count == 0)
            return new Prediction(At(past.Select(one => one.Duration.TotalSeconds)), $"90th percentile of {Runs(past.Count)}");

        var comparable = measured.Where(one => work <= one.Work * MaxScale).ToList();
        if (comparable.Count == 0)
            comparable = [measured.MaxBy(one => one.Work)!];
        var scaled = comparable.Select(one => one.Duration.TotalSeconds * Math.Max(work.Value / one.Work!.Value, 1 / MaxScale));
        return new Prediction(At(scaled), string.Create(CultureInfo.InvariantCulture,
            $"90th percentile of {Runs(comparable.Count)}, scaled to {work:#,0} {step.WorkMeasure}"));
    }

    private static TimeSpan At(IEnumerable<double> seconds) =>
        TimeSpan.FromSeconds(Math.Min(Quantile(seconds, Percentile), TimeSpan.FromDays(365).TotalSeconds));

    private static string Runs(int count) => Counted.Of(count, "run");
}
