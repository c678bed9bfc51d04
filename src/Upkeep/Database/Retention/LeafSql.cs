using Upkeep.Postgres;

namespace Upkeep.Database.Retention;

/// <summary>The statements on one table. Every name in them is quoted; the rule's own condition is the operator's SQL.</summary>
internal static class LeafSql
{
    public static string From(this LeafSurvey leaf) => $"only {leaf.Table.Quoted} as {Sql.Identifier(leaf.Alias)}";

    public static string Column(this LeafSurvey leaf) => leaf.Qualified(leaf.Columns[0]);

    public static string ColumnList(this LeafSurvey leaf) => string.Join(", ", leaf.Columns.Select(Sql.Identifier));

    /// <summary>Old enough, and meeting the rule's condition. (The line end closes a comment that the condition may end with.)</summary>
    public static string Due(this LeafSurvey leaf) =>
        $"{leaf.Column()} < {leaf.Limit}" + (leaf.Where is null ? "" : $" and ({leaf.Where}\n)");

    /// <summary>Referred to by a row of another table.</summary>
    public static string Referenced(this LeafSurvey leaf) => leaf.References.Count == 0
        ? "false"
        : $"({string.Join(" or ", leaf.References.Select(reference => leaf.Exists(reference)))})";

    /// <summary>What may be removed.</summary>
    public static string Removable(this LeafSurvey leaf) =>
        leaf.References.Count == 0 ? leaf.Due() : $"{leaf.Due()} and not {leaf.Referenced()}";

    /// <summary>Locks the bite's rows, so that no row elsewhere can begin to refer to them before they are gone.</summary>
    public static string Lock(this LeafSurvey leaf, Bite bite) =>
        $"select count(*) from (select 1 from {leaf.From()} where {bite.Condition} and {leaf.Removable()} for update) locked";

    public static string Delete(this LeafSurvey leaf, Bite bite)
    {
        if (bite is { Limit: null, SkipLocked: false })
            return $"delete from {leaf.From()} where {bite.Condition} and {leaf.Removable()}";
        var limit = bite.Limit is { } rows ? $" limit {rows}" : "";
        var skip = bite.SkipLocked ? " for update skip locked" : "";
        return $"delete from {leaf.From()} where {leaf.Ctid()} = any(array(select {leaf.Ctid()} from {leaf.From()} where {bite.Condition} and {leaf.Removable()}{limit}{skip})) and {leaf.Removable()}";
    }

    public static string DeleteToArchive(this LeafSurvey leaf, Bite bite) =>
        $"copy ({leaf.Delete(bite)} returning {string.Join(", ", leaf.Columns.Select(leaf.Qualified))}) to stdout";

    public static string Ctid(this LeafSurvey leaf) => $"{Sql.Identifier(leaf.Alias)}.ctid";

    private static string Qualified(this LeafSurvey leaf, string column) => $"{Sql.Identifier(leaf.Alias)}.{Sql.Identifier(column)}";

    private static string Exists(this LeafSurvey leaf, Reference reference)
    {
        var pairs = reference.From.Zip(reference.To, (from, to) => $"upkeep_referring.{Sql.Identifier(from)} = {leaf.Qualified(to)}");
        return $"exists (select from {new TableName(reference.Schema, reference.Table).Quoted} upkeep_referring where {string.Join(" and ", pairs)})";
    }
}

/// <summary>A part of a table that one statement takes.</summary>
/// <param name="Condition">SQL that bounds it along an index or by pages.</param>
/// <param name="Limit">Rows at a time, where the condition can't bound them (one and the same instant); it is repeated until fewer come.</param>
/// <param name="SkipLocked">Leave rows that others have locked.</param>
internal sealed record Bite(string Condition, long? Limit = null, bool SkipLocked = false);
