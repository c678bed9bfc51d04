using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Postgres.Catalog;

namespace Upkeep.Database.Vacuum;

/// <summary>
/// Which tables are due, and in which order. Pure. A table's score is the largest of three ratios, each of what is to its limit, and it is
/// due from 1 on:
/// dead rows ÷ max(<see cref="VacuumSettings.DeadRows"/>, <see cref="VacuumSettings.DeadShare"/> × rows);
/// age of the oldest unfrozen id ÷ <see cref="VacuumSettings.FreezeAge"/>;
/// pages not known to be all-visible ÷ a tenth of the pages (from 1 MB on), or rows inserted since the last vacuum ÷ a tenth of the rows:
/// an insert-only table has no dead rows, but its index-only scans go to the heap and its rows wait to be frozen all at once.
/// First come those that the server itself would soon force (autovacuum_freeze_max_age), then by score, then the larger.
/// </summary>
public static class VacuumRule
{
    private const double Tenth = 0.1;
    private const long PagesWorthwhile = 128;

    /// <param name="toastDead">Dead rows of each table's TOAST by the table's oid; missing means none.</param>
    /// <param name="forcedAge">The server's autovacuum_freeze_max_age.</param>
    public static IReadOnlyList<DueTable> Due(IEnumerable<TableState> tables, IReadOnlyDictionary<long, long> toastDead, VacuumSettings settings, long forcedAge)
    {
        ArgumentNullException.ThrowIfNull(tables);
        ArgumentNullException.ThrowIfNull(toastDead);
        ArgumentNullException.ThrowIfNull(settings);
        return
        [
            .. tables.Where(table => table.Kind != "partitioned")
                .Select(table => Judge(table, toastDead.GetValueOrDefault(table.Oid), settings))
                .Where(table => table.Score >= 1)
                .OrderByDescending(table => table.FrozenIdAge >= forcedAge)
                .ThenByDescending(table => table.Score)
                .ThenByDescending(table => table.Bytes),
        ];
    }

    private static DueTable Judge(TableState table, long toastDead, VacuumSettings settings)
    {
        var limit = settings.DeadRowsLimit(table.LiveRows + table.DeadRows);
        var age = Math.Max(table.FrozenIdAge, table.MultixactAge);
        (double Score, string Reason)[] reasons =
        [
            (table.DeadRows / limit, Text($"{table.DeadRows:N0} dead rows ({table.DeadShare:P1})")),
            (toastDead / limit, Text($"{toastDead:N0} dead rows in its TOAST")),
            ((double)age / Math.Max(1, settings.FreezeAge), Text($"oldest unfrozen id is {age:N0} transactions old")),
            (Unseen(table), Text($"visibility map is behind on {Math.Max(0, table.Pages - table.AllVisiblePages):N0} of {table.Pages:N0} pages")),
            (table.InsertedSinceVacuum / Math.Max(Math.Max(1, settings.DeadRows), Tenth * table.LiveRows), Text($"{table.InsertedSinceVacuum:N0} rows inserted since its last vacuum")),
        ];
        var worst = reasons.MaxBy(reason => reason.Score);
        return new DueTable(table.Oid, table.Schema, table.Name, table.TotalBytes, table.DeadRows + toastDead, age, worst.Reason, age >= settings.FreezeAge, worst.Score);
    }

    private static double Unseen(TableState table)
    {
        var unseen = table.Pages - table.AllVisiblePages;
        return unseen < PagesWorthwhile ? 0 : unseen / (Tenth * table.Pages);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
