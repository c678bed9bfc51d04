namespace Upkeep.Planning;

/// <summary>
/// The order of a run: what a step requires, and what it is to come after, comes before it; else preparation, then work, then proof and report; within the work what was
/// deferred last comes first (longest waiting first); else as the catalogue lists them.
/// </summary>
internal static class RunOrder
{
    public static IReadOnlyList<StepChoice> Of(IReadOnlyList<StepChoice> choices, Func<string, int> timesDeferred)
    {
        var byId = choices.ToDictionary(choice => choice.Definition.Id, StringComparer.Ordinal);
        var ranks = choices.Select((choice, index) => (choice.Definition.Id, Rank: Rank(choice, index, timesDeferred)))
            .ToDictionary(pair => pair.Id, pair => pair.Rank, StringComparer.Ordinal);
        // A required step inherits the rank of the first that waits for it, or it would hold that one back.
        Inherit(choices, ranks);
        var ordered = new List<StepChoice>(choices.Count);
        var placed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var choice in choices.OrderBy(choice => ranks[choice.Definition.Id]))
            Place(choice, byId, placed, [], ordered);
        return ordered;
    }

    /// <summary>Gives each step the best value among its own and those of the steps that require it, directly or by way of others.</summary>
    public static void Inherit<TRank>(IReadOnlyList<StepChoice> choices, Dictionary<string, TRank> ranks)
        where TRank : IComparable<TRank>
    {
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var choice in choices.Where(choice => !choice.Skipped))
            {
                var own = ranks[choice.Definition.Id];
                foreach (var required in choice.Definition.Requires.Where(id => ranks.TryGetValue(id, out var rank) && own.CompareTo(rank) < 0))
                {
                    ranks[required] = own;
                    changed = true;
                }
            }
        }
    }

    private static (int Phase, int Waiting, int Index) Rank(StepChoice choice, int index, Func<string, int> timesDeferred)
    {
        var step = choice.Definition;
        var phase = step.BeforeWindow || step.IsGate ? 0 : step.RunsAfterStop ? 2 : 1;
        return (phase, phase == 1 && !choice.Skipped ? -timesDeferred(step.Id) : 0, index);
    }

    private static void Place(StepChoice choice, Dictionary<string, StepChoice> byId, HashSet<string> placed, HashSet<string> above, List<StepChoice> ordered)
    {
        var id = choice.Definition.Id;
        if (placed.Contains(id))
            return;
        if (!above.Add(id))
            throw new InvalidOperationException($"Steps require each other in a circle: {string.Join(", ", above)}.");
        foreach (var earlier in choice.Definition.Requires.Concat(choice.Definition.After))
        {
            if (byId.TryGetValue(earlier, out var before))
                Place(before, byId, placed, above, ordered);
        }
        above.Remove(id);
        placed.Add(id);
        ordered.Add(choice);
    }
}
