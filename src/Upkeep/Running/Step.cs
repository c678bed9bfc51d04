using System.Text.Json;
using Upkeep.Journal;
using Upkeep.Planning;

namespace Upkeep.Running;

/// <summary>
/// One step of the maintenance. Derive from <see cref="InspectStep{TSurvey}"/> or <see cref="ChangeStep{TSurvey, TEffect}"/>;
/// this base is the face that the runner sees, with surveys and effects as JSON because that is how they reach and leave the journal.
/// </summary>
public abstract class Step
{
    private protected Step()
    {
    }

    public abstract StepDefinition Definition { get; }

    internal abstract Task<UntypedCheck> CheckUntypedAsync(StepContext context, CancellationToken cancellationToken);

    internal virtual Task<UntypedAct> ActUntypedAsync(JsonElement survey, StepContext context, CancellationToken cancellationToken) =>
        throw new InvalidOperationException($"{Definition.Id} only looks: it has no act.");

    internal virtual Task<Proof> VerifyUntypedAsync(JsonElement survey, JsonElement effect, StepContext context, CancellationToken cancellationToken) =>
        throw new InvalidOperationException($"{Definition.Id} only looks: it has no effect to verify.");

    internal virtual Task<JsonElement?> RecoverUntypedAsync(JsonElement survey, StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult<JsonElement?>(null);

    internal virtual Task<Proof> UndoUntypedAsync(JsonElement effect, StepContext context, CancellationToken cancellationToken) =>
        throw new InvalidOperationException($"{Definition.Id} only looks: it has nothing to undo.");

    private protected static UntypedCheck Untyped<TSurvey>(Check<TSurvey> check)
        where TSurvey : class =>
        new(check.Verdict, check.Survey is null ? null : JournalJson.ToElement(check.Survey), check.Summary, check.Problem);
}

internal sealed record UntypedCheck(CheckVerdict Verdict, JsonElement? Survey, string Summary, Problem? Problem);

internal sealed record UntypedAct(JsonElement? Effect, string Summary, UndoState Undo, string? UndoHint, bool Stopped, Problem? Problem);

/// <summary>A step that only looks: an inspection or a verification.</summary>
public abstract class InspectStep<TSurvey> : Step
    where TSurvey : class
{
    /// <summary>Look, change nothing, and return what is.</summary>
    public abstract Task<Check<TSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken);

    internal sealed override async Task<UntypedCheck> CheckUntypedAsync(StepContext context, CancellationToken cancellationToken) =>
        Untyped(await CheckAsync(context, cancellationToken));
}

/// <summary>A step that changes something.</summary>
public abstract class ChangeStep<TSurvey, TEffect> : Step
    where TSurvey : class
    where TEffect : class
{
    /// <summary>Look, change nothing, and return what is and what would be done.</summary>
    public abstract Task<Check<TSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken);

    /// <summary>
    /// Do what the survey said. The intent is already in the journal. Long work leaves checkpoints and looks at
    /// <see cref="StepContext.Stop"/> between batches. On resume it is called again with the survey of the interrupted run and
    /// finds that run's checkpoints in the context.
    /// </summary>
    public abstract Task<Act<TEffect>> ActAsync(TSurvey survey, StepContext context, CancellationToken cancellationToken);

    /// <summary>Look again, trusting neither survey nor effect, and say whether the effect is there.</summary>
    public abstract Task<Proof> VerifyAsync(TSurvey survey, TEffect effect, StepContext context, CancellationToken cancellationToken);

    /// <summary>
    /// What an interrupted act left behind, put together from its checkpoints, so that it can be undone without being resumed first.
    /// Null where an interrupted act leaves nothing that needs undoing.
    /// </summary>
    public virtual Task<TEffect?> RecoverAsync(TSurvey survey, StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult<TEffect?>(null);

    /// <summary>Take the effect back and prove that it is. Safe to call again after an interruption.</summary>
    public abstract Task<Proof> UndoAsync(TEffect effect, StepContext context, CancellationToken cancellationToken);

    internal sealed override async Task<UntypedCheck> CheckUntypedAsync(StepContext context, CancellationToken cancellationToken) =>
        Untyped(await CheckAsync(context, cancellationToken));

    internal sealed override async Task<UntypedAct> ActUntypedAsync(JsonElement survey, StepContext context, CancellationToken cancellationToken)
    {
        var act = await ActAsync(JournalJson.FromElement<TSurvey>(survey), context, cancellationToken);
        return new UntypedAct(act.Effect is null ? null : JournalJson.ToElement(act.Effect), act.Summary, act.Undo, act.UndoHint, act.Stopped, act.Problem);
    }

    internal sealed override Task<Proof> VerifyUntypedAsync(JsonElement survey, JsonElement effect, StepContext context, CancellationToken cancellationToken) =>
        VerifyAsync(JournalJson.FromElement<TSurvey>(survey), JournalJson.FromElement<TEffect>(effect), context, cancellationToken);

    internal sealed override async Task<JsonElement?> RecoverUntypedAsync(JsonElement survey, StepContext context, CancellationToken cancellationToken) =>
        await RecoverAsync(JournalJson.FromElement<TSurvey>(survey), context, cancellationToken) is { } effect ? JournalJson.ToElement(effect) : null;

    internal sealed override Task<Proof> UndoUntypedAsync(JsonElement effect, StepContext context, CancellationToken cancellationToken) =>
        UndoAsync(JournalJson.FromElement<TEffect>(effect), context, cancellationToken);
}
