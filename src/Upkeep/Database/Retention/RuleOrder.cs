namespace Upkeep.Database.Retention;

/// <summary>The order in which tables are worked through: whoever refers to another comes before it, else the rules' own order.</summary>
internal static class RuleOrder
{
    public static IReadOnlyList<LeafSurvey> Of(RetentionSurvey survey)
    {
        var leaves = survey.Rules.Where(rule => rule.Problem is null).SelectMany(rule => rule.Leaves).ToList();
        var ordered = new List<LeafSurvey>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var leaf in leaves)
            Visit(leaf, leaves, seen, ordered);
        return ordered;
    }

    // A ring of references ends where it began; its rows are taken by the passes or stay.
    private static void Visit(LeafSurvey leaf, List<LeafSurvey> all, HashSet<string> seen, List<LeafSurvey> ordered)
    {
        if (!seen.Add(leaf.Key))
            return;
        foreach (var referring in all.Where(other => leaf.References.Any(reference => reference.Schema == other.Schema && (reference.Table == other.Name || reference.Table == other.Alias))))
            Visit(referring, all, seen, ordered);
        ordered.Add(leaf);
    }
}
