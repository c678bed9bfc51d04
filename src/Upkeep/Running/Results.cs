using Upkeep.Journal;

namespace Upkeep.Running;

/// <summary>What kept a step from doing its work, and what to do about it.</summary>
/// <param name="What">What happened, with the value.</param>
/// <param name="Hint">What a tired person can do about it, or null.</param>
public sealed record Problem(string What, string? Hint = null);

/// <summary>How a check came out.</summary>
public enum CheckVerdict
{
    /// <summary>An inspection: it looked, and that was all.</summary>
    Looked,

    /// <summary>A change: there is something to do.</summary>
    Due,

    /// <summary>A change: all is as it should be.</summary>
    NothingToDo,

    /// <summary>It could not or was not to look; counted as not checked.</summary>
    Skipped,

    /// <summary>It must not go on: a guard, or a go/no-go condition.</summary>
    Refused,

    /// <summary>It looked and what it was to prove is not so, or the look itself failed.</summary>
    Failed,
}

/// <summary>The outcome of a step's first look.</summary>
/// <typeparam name="TSurvey">The step's record of what is and what it would do.</typeparam>
public sealed record Check<TSurvey>
    where TSurvey : class
{
    internal Check(CheckVerdict verdict, TSurvey? survey, string summary, Problem? problem)
    {
        Verdict = verdict;
        Survey = survey;
        Summary = summary;
        Problem = problem;
    }

    public CheckVerdict Verdict { get; }
    public TSurvey? Survey { get; }
    /// <summary>What was seen and what would be done, in one sentence.</summary>
    public string Summary { get; }
    public Problem? Problem { get; }
}

/// <summary>Makes the outcomes of a check.</summary>
public static class Check
{
    public static Check<T> Looked<T>(T survey, string summary) where T : class => new(CheckVerdict.Looked, survey, summary, null);

    public static Check<T> Due<T>(T survey, string summary) where T : class => new(CheckVerdict.Due, survey, summary, null);

    public static Check<T> NothingToDo<T>(T survey, string summary) where T : class => new(CheckVerdict.NothingToDo, survey, summary, null);

    public static Check<T> Skipped<T>(string reason, string? hint = null) where T : class =>
        new(CheckVerdict.Skipped, null, reason, new Problem(reason, hint));

    public static Check<T> Refused<T>(T? survey, string reason, string? hint = null) where T : class =>
        new(CheckVerdict.Refused, survey, reason, new Problem(reason, hint));

    public static Check<T> Failed<T>(T? survey, string problem, string? hint = null) where T : class =>
        new(CheckVerdict.Failed, survey, problem, new Problem(problem, hint));
}

/// <summary>The outcome of an act.</summary>
/// <typeparam name="TEffect">The step's record of what it did and how to take it back.</typeparam>
public sealed record Act<TEffect>
    where TEffect : class
{
    internal Act(TEffect? effect, string summary, UndoState undo, string? undoHint, bool stopped, Problem? problem)
    {
        Effect = effect;
        Summary = summary;
        Undo = undo;
        UndoHint = undoHint;
        Stopped = stopped;
        Problem = problem;
    }

    public TEffect? Effect { get; }
    public string Summary { get; }
    public UndoState Undo { get; }
    public string? UndoHint { get; }
    /// <summary>True where it stopped at a safe point with work left; a resumed run goes on from the checkpoints.</summary>
    public bool Stopped { get; }
    public Problem? Problem { get; }
}

/// <summary>Makes the outcomes of an act.</summary>
public static class Act
{
    /// <param name="undoHint">How to undo it in words, or why there is no way back.</param>
    public static Act<T> Done<T>(T effect, string summary, UndoState undo, string? undoHint) where T : class =>
        new(effect, summary, undo, undoHint, stopped: false, null);

    /// <summary>Stopped at a safe point because the run asked for it; what was done so far is in the effect.</summary>
    public static Act<T> StoppedAfter<T>(T effect, string summary, UndoState undo, string? undoHint, string reason) where T : class =>
        new(effect, summary, undo, undoHint, stopped: true, new Problem(reason, "Go on with: upkeep run --resume"));

    /// <summary>Failed. Where part of the work was done, the effect tells it, so that it can be undone.</summary>
    public static Act<T> Failed<T>(T? effect, string problem, string? hint, UndoState undo = UndoState.None, string? undoHint = null) where T : class =>
        new(effect, problem, undo, undoHint, stopped: false, new Problem(problem, hint));
}

/// <summary>The outcome of the second look, or of an undo: proven, or not and why.</summary>
public sealed record Proof(bool Holds, string Summary, string? Hint)
{
    public static Proof That(string summary) => new(true, summary, null);

    public static Proof Missing(string problem, string? hint = null) => new(false, problem, hint);
}
