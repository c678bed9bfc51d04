using Upkeep.Journal;
using Upkeep.Planning;

namespace Upkeep.Running;

/// <summary>What the runner tells a live audience (the terminal); the journal has it too, save the progress.</summary>
public abstract record RunEvent
{
    public sealed record StepBegan(StepDefinition Step, int Number, int Count) : RunEvent;

    public sealed record StepMoved(StepProgress Progress) : RunEvent;

    public sealed record StepFinished(StepDefinition Step, StepEnded End, TimeSpan Took, IReadOnlyList<Finding> Findings) : RunEvent;

    public sealed record Waiting(DateTimeOffset Until, string For) : RunEvent;

    /// <summary>Something about the run itself that an operator should hear at once.</summary>
    public sealed record Noticed(string Text) : RunEvent;
}
