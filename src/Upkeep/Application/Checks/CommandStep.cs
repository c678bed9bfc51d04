using Upkeep.Planning;
using Upkeep.Running;

namespace Upkeep.Application.Checks;

/// <summary>A check of the project's own: passed or failed as its command exited.</summary>
public sealed class CommandStep : InspectStep<CheckSurvey>
{
    private readonly CheckKind _kind;
    private readonly ProjectCommands _commands;

    internal CommandStep(CheckKind kind, ProjectCommands commands)
    {
        _kind = kind;
        _commands = commands;
        Definition = new StepDefinition { Id = kind.Id, Title = kind.Title, Kind = StepKind.Inspect, Priority = 7, Deadline = TimeSpan.FromHours(1) };
    }

    public override StepDefinition Definition { get; }

    public override async Task<Check<CheckSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        var outcome = await _commands.RunAsync(_kind, context, (_, _) => { }, (_, _) => Task.CompletedTask, cancellationToken);
        return outcome switch
        {
            { Skip: { } skip } => Check.Skipped<CheckSurvey>(skip.What, skip.Hint),
            { Failed: { } failed } => Check.Failed(new CheckSurvey(outcome.Runs), failed.What, failed.Hint),
            _ => Check.Looked(new CheckSurvey(outcome.Runs), outcome.Summary),
        };
    }
}
