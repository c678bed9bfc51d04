namespace Upkeep.Planning;

/// <summary>What kind of thing a step is.</summary>
public enum StepKind
{
    /// <summary>Reads only.</summary>
    Inspect,

    /// <summary>Alters something, records how to undo it, and measures that it took effect.</summary>
    Change,

    /// <summary>Proves a claim.</summary>
    Verify,
}

/// <summary>What is known of a step before it looks at anything.</summary>
public sealed record StepDefinition
{
    /// <summary><c>procedure.step</c>, as in the contract; never renamed.</summary>
    public required string Id { get; init; }

    /// <summary>A few words for people, for example <c>Dead rows reclaimed</c>.</summary>
    public required string Title { get; init; }

    public required StepKind Kind { get; init; }

    /// <summary>Ids of steps that must have succeeded in this run before this one may act; they are planned with it, asked for or not.</summary>
    public IReadOnlyList<string> Requires { get; init; } = [];

    /// <summary>Ids of steps that come before this one where both run, whatever waited longer: what it does is only worth it after theirs.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>Who is served first when the window is short: 1 is most important, 9 least.</summary>
    public int Priority { get; init; } = 5;

    /// <summary>The longest the step may take, where the configuration names no other.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether the step belongs to the preparation, which opens before the window does.</summary>
    public bool BeforeWindow { get; init; }

    /// <summary>Whether the step's refusal ends the run before anything is changed (go/no-go).</summary>
    public bool IsGate { get; init; }

    /// <summary>Whether the step also runs after a safe stop or at the window's end, because it proves or tells what was done.</summary>
    public bool RunsAfterStop { get; init; }

    /// <summary>
    /// Name of the measure, taken before the act, that the step's duration grows with (summed over its subjects), for example <c>dead_rows</c>;
    /// null where its duration doesn't depend on an amount that the check can tell.
    /// </summary>
    public string? WorkMeasure { get; init; }

    /// <summary>The part of the id before the dot.</summary>
    public string Procedure => ProcedureOf(Id);

    /// <summary>The procedure that a step's id begins with.</summary>
    public static string ProcedureOf(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id[..id.IndexOf('.', StringComparison.Ordinal)];
    }
}
