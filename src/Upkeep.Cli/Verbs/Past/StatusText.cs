using Upkeep.Cli.Output;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Maintenance;
using Upkeep.Reports;

namespace Upkeep.Cli.Verbs.Past;

/// <summary>Tells where a run stands, a line a step; each step once for every state it comes to.</summary>
internal sealed class StatusText(CommandOutput output, UpkeepConfiguration configuration)
{
    private readonly Dictionary<string, (string State, DateTimeOffset? StartedAt)> _told = new(StringComparer.Ordinal);

    public void Tell(RunStanding standing)
    {
        if (standing.Run is not { } run)
        {
            output.Line($"{configuration.Platform}: no run yet.");
            if (standing.Holder is { } starting)
                output.Line($"The lock is held by {starting}.");
            return;
        }
        var clock = Clock(run);
        output.Line($"{run.Platform}, {run.Run}: {Words.Status(run.Status)}. Started {clock.Full(run.StartedAt)}"
            + (run.FinishedAt is { } end ? $", ended {clock.Full(end)} after {Amount.Duration(end - run.StartedAt)}." : "."));
        if (run.Window is { } window && run.Status == RunStatus.Running)
            output.Line($"Its window ends {clock.Full(window.End)}.");
        if (standing.Holder is { } holder)
            output.Line($"The lock is held by {holder}.");
        TellNews(standing);
    }

    /// <summary>Tells the steps whose state is another one than was told.</summary>
    public void TellNews(RunStanding standing)
    {
        if (standing.Run is not { } run)
            return;
        foreach (var step in run.Steps.Where(step => step.StartedAt is not null || step.Status != StepStatus.Deferred || run.Status != RunStatus.Running))
        {
            if (_told.TryGetValue(step.Id, out var told) && told == (Words.State(step), step.StartedAt))
                continue;
            _told[step.Id] = (Words.State(step), step.StartedAt);
            output.Line(Line(step, Clock(run)));
        }
    }

    /// <summary>What is left to say at the end.</summary>
    public void Close(RunStanding standing)
    {
        if (standing.Run is not { } run)
            return;
        if (run.Status == RunStatus.Running)
        {
            var open = run.Steps.Count(step => step is { Status: StepStatus.Deferred, StartedAt: null });
            output.Line($"{Counted.Of(open, "step")} not begun yet. To go on watching: upkeep status --watch");
            return;
        }
        output.Line(SafeText.Line($"{run.Run}: {Words.Status(run.Status)}{(run.Reason is { } reason ? $": {reason}" : "")}."));
        if (run.Folder is { } folder && Directory.Exists(folder))
            output.Line($"Its folder: {folder}");
    }

    private static string Line(StepDocument step, PlatformClock clock)
    {
        var said = step.Reason ?? step.Summary ?? "";
        var hint = step.Status is StepStatus.Failed or StepStatus.Refused && step.Hint is { } help ? $" Hint: {help}" : "";
        return $"  {(step.StartedAt is { } start ? clock.Time(start) : "        ")}  {Words.State(step),-9}  {step.Id,-28} {(step.DurationMs is { } took ? Amount.Duration(TimeSpan.FromMilliseconds(took)) : ""),-12} {SafeText.Line(said + hint)}".TrimEnd();
    }

    private PlatformClock Clock(RunDocument run) => new(run.Window?.TimeZone ?? configuration.Window.TimeZone);
}
