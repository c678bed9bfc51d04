using Upkeep.Configuration;

namespace Upkeep.Planning;

/// <summary>Which steps were asked for: ids of steps (<c>database.vacuum</c>) or of procedures (<c>database</c>).</summary>
/// <param name="Only">Nothing but these, and what they need; empty means all.</param>
/// <param name="Skip">Not these; wins over <paramref name="Only"/>.</param>
public sealed record StepSelection(IReadOnlyList<string> Only, IReadOnlyList<string> Skip)
{
    public static StepSelection All { get; } = new([], []);

    /// <summary>The ids that name neither a step nor a procedure.</summary>
    public IReadOnlyList<UnknownStep> Unknown(IReadOnlyCollection<StepDefinition> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        var known = steps.SelectMany(step => new[] { step.Procedure, step.Id }).ToHashSet(StringComparer.Ordinal);
        return [.. Only.Concat(Skip).Distinct(StringComparer.Ordinal).Where(id => !known.Contains(id)).Select(id => new UnknownStep(id, Nearest.To(id, known)))];
    }

    /// <summary>Whether everything that was asked for is to be skipped.</summary>
    /// <param name="steps">The ids of all steps.</param>
    public bool IsEmpty(IEnumerable<string> steps) => Only.Count > 0 && steps.Where(step => Only.Any(id => Names(id, step))).All(step => Skip.Any(id => Names(id, step)));

    internal bool Asks(StepDefinition step) => Only.Count == 0 || Only.Any(id => Names(id, step.Id));

    /// <summary>The id under which the step is to be skipped, or null.</summary>
    internal string? SkippedAs(StepDefinition step) => Skip.FirstOrDefault(id => Names(id, step.Id));

    private static bool Names(string id, string step) => id == step || id == StepDefinition.ProcedureOf(step);
}

/// <summary>An id that names nothing.</summary>
/// <param name="Nearest">The id that was probably meant, or null.</param>
public sealed record UnknownStep(string Id, string? Nearest);
