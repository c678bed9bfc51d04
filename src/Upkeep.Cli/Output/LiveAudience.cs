using Spectre.Console;
using Upkeep.Journal;
using Upkeep.Running;

namespace Upkeep.Cli.Output;

/// <summary>A line a step on a terminal, redrawn: a bar where the amount of work is known, and the time left in the window.</summary>
internal sealed class LiveAudience(CommandOutput output, DateTimeOffset? windowEnd, TimeProvider time) : RunAudience
{
    private readonly Lock _gate = new();
    private ProgressContext? _lines;
    private ProgressTask? _line;
    private string _title = "";

    public override async Task<T> ShowAsync<T>(Func<Action<RunEvent>, Task<T>> work)
    {
        var console = output.LogConsole();
        using var above = output.LogThrough(text => console.WriteLine(text));
        return await console.Progress().AutoClear(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new ElapsedTimeColumn())
            .StartAsync(async lines =>
            {
                _lines = lines;
                return await work(Tell);
            });
    }

    private void Tell(RunEvent happened)
    {
        // Progress of parallel work comes from several threads.
        lock (_gate)
        {
            switch (happened)
            {
                case RunEvent.StepBegan began:
                    _title = $"{Markup.Escape(began.Step.Id)} [grey]{began.Number}/{began.Count}{Left()}[/]";
                    _line = _lines!.AddTask(_title, maxValue: 1);
                    _line.IsIndeterminate = true;
                    break;
                case RunEvent.StepMoved { Progress: var progress } when _line is not null:
                    Move(_line, progress);
                    break;
                case RunEvent.StepFinished finished when _line is not null:
                    Finish(_line, finished);
                    break;
                case RunEvent.Waiting waiting:
                    output.Notice($"Waiting for {waiting.For} at {waiting.Until:HH:mm zzz}.");
                    break;
                case RunEvent.Noticed noticed:
                    output.Notice(noticed.Text);
                    break;
            }
        }
    }

    private void Move(ProgressTask line, StepProgress progress)
    {
        line.IsIndeterminate = progress.Total is not > 0;
        if (progress.Total is > 0 and var total)
            (line.MaxValue, line.Value) = (total, Math.Min(progress.Done, total));
        line.Description = progress.Subject is null ? _title : $"{_title} {Markup.Escape(output.Redactor.Clean(progress.Subject))}";
    }

    private void Finish(ProgressTask line, RunEvent.StepFinished finished)
    {
        var end = finished.End;
        line.IsIndeterminate = false;
        (line.MaxValue, line.Value) = (1, end.Status is StepStatus.Succeeded or StepStatus.Attention ? 1 : line.Value / Math.Max(line.MaxValue, 1));
        line.Description = $"[{StatusWord.Color(end.Status)}]{StatusWord.Of(end.Status),-9}[/] {Markup.Escape(finished.Step.Id)}";
        line.StopTask();
        if (end.Reason is { } reason)
            output.Notice($"{finished.Step.Id} {StatusWord.Of(end.Status)}: {reason}");
        foreach (var finding in finished.Findings.Where(finding => finding.Severity != Severity.Info))
            output.Notice($"{finished.Step.Id} {StatusWord.Of(finding.Severity)}: {finding.Message}");
    }

    private string Left() => windowEnd is { } end && end > time.GetUtcNow() ? $", {Took(end - time.GetUtcNow())} left" : "";
}
