using System.Globalization;
using Upkeep.Journal;
using Upkeep.Running;

namespace Upkeep.Cli.Output;

/// <summary>A line with its time for each thing that happens: for pipes, logs and people who want no movement.</summary>
internal sealed class PlainAudience(CommandOutput output, TimeProvider time) : RunAudience
{
    // A log that is read next morning needs no more of a step that takes an hour.
    private static readonly TimeSpan _betweenMoves = TimeSpan.FromSeconds(10);

    private long _lastMove;

    public override Task<T> ShowAsync<T>(Func<Action<RunEvent>, Task<T>> work) => work(Tell);

    private void Tell(RunEvent happened)
    {
        switch (happened)
        {
            case RunEvent.StepBegan began:
                _lastMove = time.GetTimestamp();
                output.Progress(Text($"[{began.Number}/{began.Count}] {began.Step.Id}: {began.Step.Title}"));
                break;
            case RunEvent.StepMoved { Progress: var progress } when time.GetElapsedTime(_lastMove) >= _betweenMoves:
                _lastMove = time.GetTimestamp();
                var share = progress.Total is > 0 and var total ? Text($" of {total:N0}") : "";
                output.Progress(Text($"  {progress.StepId}: {progress.Done:N0}{share} {progress.Unit}{(progress.Subject is null ? "" : $", {progress.Subject}")}"));
                break;
            case RunEvent.StepFinished finished:
                Tell(finished);
                break;
            case RunEvent.Waiting waiting:
                output.Progress(Text($"  waiting for {waiting.For} at {waiting.Until:yyyy-MM-dd HH:mm zzz}"));
                break;
            case RunEvent.Noticed noticed:
                output.Notice(noticed.Text);
                break;
        }
    }

    private void Tell(RunEvent.StepFinished finished)
    {
        var end = finished.End;
        output.Progress($"  {finished.Step.Id} {StatusWord.Of(end.Status)} in {Took(finished.Took)}: {end.Reason ?? end.Summary}");
        if (end is { Hint: { } hint, Status: not (StepStatus.Succeeded or StepStatus.Attention) })
            output.Progress($"    hint: {hint}");
        foreach (var finding in finished.Findings.Where(finding => finding.Severity != Severity.Info))
            output.Progress($"    {StatusWord.Of(finding.Severity)}: {finding.Message}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
