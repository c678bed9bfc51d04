namespace Upkeep.Configuration.Validation;

internal static class RetentionValidator
{
    /// <param name="mayBeZero">Whether a row may go as soon as its time has come (sessions), or must have some age.</param>
    public static IEnumerable<Objection> Check(IReadOnlyList<RetentionRule> rules, bool mayBeZero)
    {
        for (var index = 0; index < rules.Count; index++)
        {
            var rule = rules[index];
            var at = $"rules[{index}]";
            // Incomplete, which is told already.
            if (rule.Table is null)
                continue;
            if (!QualifiedName.TryParse(rule.Table, out var schema, out var name))
                yield return new Objection($"{at}.table", $"'{rule.Table}' is no table name", "Write schema.table; a part with a dot or a quote in it in double quotes: \"odd.schema\".table.");
            else if (rules.Take(index).Any(earlier => earlier.Table is not null && QualifiedName.TryParse(earlier.Table, out var s, out var n) && (s, n) == (schema, name) && earlier.Where == rule.Where))
                yield return new Objection($"{at}.table", $"an earlier rule is for {schema}.{name} with the same condition", "Keep one of the two, or give them different conditions (where).");
            if (rule.Keep == TimeSpan.Zero && !mayBeZero)
                yield return new Objection($"{at}.keep", "0 would remove every row", "Write how old a row may become, for example 90 days.");
            if (rule.MaxShare == 0)
                yield return new Objection($"{at}.maxShare", "0 would refuse every removal", "Write the largest share of the table that may go at a time, for example 0.95.");
            if (rule.Where is { } where && where.Contains(';', StringComparison.Ordinal) && !where.Contains('\'', StringComparison.Ordinal))
                yield return new Objection($"{at}.where", "a condition holds no ';'", "Write one SQL condition, for example status = 'success'.");
        }
    }
}
