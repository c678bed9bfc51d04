using System.Globalization;
using Upkeep.Postgres.Digests;
using Upkeep.Running;

namespace Upkeep.Rollback.Rows;

/// <summary>Puts what the comparison found into words. Nothing is claimed of what was not compared, or not carried over.</summary>
internal static class RowsVerdict
{
    public static Check<RowsSurvey> Of(RowsSurvey survey)
    {
        var written = survey.Tables.Sum(table => table.Written);
        var told = string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(survey.Tables.Sum(table => table.New), "row")} written after the backup, {survey.Tables.Sum(table => table.Changed):N0} changed, {survey.Tables.Sum(table => table.Gone):N0} deleted, in {Counted.Of(survey.Tables.Count, "table")}");
        if (survey.Mode != CarryOver.No && written > 0)
            return Check.Due(survey, $"would carry over what is new: {told}");
        var limits = survey.Unchecked.Count == 0 ? "" : ", as far as it could be compared";
        return Check.NothingToDo(survey, (written, survey.LargeObjects) switch
        {
            (0, null) => $"nothing was written after the backup that the restored database lacks{limits} ({told})",
            (0, { } changed) => $"no table has rows that the restored database lacks{limits} ({told}), but large objects {changed}",
            (_, { } changed) => $"{told}; listed, not carried over; large objects {changed}",
            _ => $"{told}; listed, not carried over",
        });
    }

    /// <summary>What is proven of an act that carried rows over.</summary>
    public static string Carried(RowsSurvey survey)
    {
        List<string> left = [.. survey.Tables.Where(table => table is { NotCarried: not null, Written: > 0 }).Select(table => $"{table.Table()} ({Counted.Of(table.Written, "row")})")];
        if (survey.LargeObjects is not null)
            left.Add("large objects");
        if (left.Count > 0)
            return $"every other row of the tables that were carried over is in the live one; not carried over: {string.Join(", ", left)}";
        return $"every other row of the replaced database{(survey.Unchecked.Count == 0 ? "" : " that could be compared")} is in the live one";
    }

    /// <summary>The tables of the backup that the replaced database has no more.</summary>
    public static IEnumerable<TableDifference> Dropped(DatabaseDigest backup, DatabaseDigest replaced)
    {
        var there = replaced.Tables.Select(table => table.Table()).ToHashSet();
        var unread = replaced.NotCovered.Select(left => left.What).ToHashSet(StringComparer.Ordinal);
        return backup.Tables.Where(table => !there.Contains(table.Table()) && !unread.Contains(table.Table().ToString()))
            .Select(table => new TableDifference(table.Schema, table.Name) { Gone = table.Rows, Dropped = true });
    }

    /// <inheritdoc cref="RowsSurvey.LargeObjects"/>
    public static string? LargeObjects(DatabaseDigest backup, DatabaseDigest replaced) =>
        backup.LargeObjects is { } before && replaced.LargeObjects is { } after && before != after
            ? string.Create(CultureInfo.InvariantCulture, $"changed after the backup ({before.Objects:N0} then, {after.Objects:N0} in the replaced database)") : null;

    public static IReadOnlyList<string> NotCompared(DatabaseDigest backup, DatabaseDigest replaced)
    {
        var left = replaced.NotCovered.Select(one => $"{one.What}: {one.Reason}");
        return backup.LargeObjects is null && replaced.LargeObjects is { Objects: > 0 } ? [.. left, "large objects: the backup's manifest doesn't tell what they were"] : [.. left];
    }
}
