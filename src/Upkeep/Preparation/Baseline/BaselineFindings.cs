using System.Globalization;
using Upkeep.Journal;
using Upkeep.Postgres.Catalog;

namespace Upkeep.Preparation.Baseline;

/// <summary>What in a snapshot deserves a word.</summary>
internal static class BaselineFindings
{
    // The server stops taking writes shortly before 2^31 transactions; autovacuum forces itself from 200 million on by default.
    private const long AgeWarning = 1_000_000_000;
    private const long AgeCritical = 1_800_000_000;

    public static IEnumerable<Finding> Of(DatabaseSnapshot snapshot)
    {
        if (snapshot.Statements is { Snapshot: null } look)
            yield return new Finding(Severity.Info, "statements-not-checked", $"Not checked: statement statistics, because {look.Reason}.", null, look.Hint);
        if (snapshot.Statements.Snapshot is { Hidden: > 0 } seen)
            yield return new Finding(Severity.Info, "statements-hidden", string.Create(CultureInfo.InvariantCulture,
                $"Not checked: {Counted.Of(seen.Hidden, "statement")} of other users, which our role may not see."), null, "grant pg_monitor to the role that upkeep logs in as.");
        if (snapshot.TablesLeftOut > 0)
            yield return new Finding(Severity.Info, "tables-left-out", string.Create(CultureInfo.InvariantCulture,
                $"{snapshot.TablesLeftOut} smaller tables are not kept for the comparison; the largest {DatabaseSnapshot.TableLimit} are."), null, "Name the schemas that matter under database.schemas.");
        foreach (var table in snapshot.Tables.Where(table => table.FrozenIdAge > AgeWarning))
            yield return new Finding(table.FrozenIdAge > AgeCritical ? Severity.Critical : Severity.Warning, "wraparound", string.Create(CultureInfo.InvariantCulture,
                $"{table.Table} has transaction ids {table.FrozenIdAge} transactions old; at 2147483648 the server stops writing."), table.Table.ToString(), "It must be vacuumed now: VACUUM (FREEZE) it, and look for what kept autovacuum from doing so.");
    }
}
