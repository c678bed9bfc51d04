namespace Upkeep.Reports;

/// <summary>The steps against the window.</summary>
/// <param name="From">The earlier of the run's and the window's start, where the window is near.</param>
public sealed record Timeline(DateTimeOffset From, DateTimeOffset To, WindowDocument? Window, IReadOnlyList<TimelineBar> Bars)
{
    /// <summary>Null where no step was begun.</summary>
    public static Timeline? Of(RunDocument run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var bars = run.Steps.Where(step => step.StartedAt is not null)
            .Select(step => new TimelineBar(step, step.StartedAt!.Value, step.StartedAt.Value + TimeSpan.FromMilliseconds(step.DurationMs ?? 0)))
            .ToList();
        if (bars.Count == 0)
            return null;
        return new Timeline(bars.Min(bar => bar.Start), bars.Max(bar => bar.End), run.Window, bars);
    }

    /// <summary>What part of the window the steps took, or null without a window or outside it.</summary>
    public double? ShareOfWindow
    {
        get
        {
            if (Window is null || Window.End <= Window.Start)
                return null;
            var inside = Bars.Where(bar => bar.Start >= Window.Start && bar.End <= Window.End).ToList();
            return inside.Count == 0 ? null : (inside.Max(bar => bar.End) - inside.Min(bar => bar.Start)) / (Window.End - Window.Start);
        }
    }
}

/// <summary>One step's time.</summary>
public sealed record TimelineBar(StepDocument Step, DateTimeOffset Start, DateTimeOffset End);
