using System.Globalization;
using Upkeep.Postgres;

namespace Upkeep.Database.Vacuum;

/// <summary>What is said to the server for one table. Why these options: docs/decisions/vacuum.md.</summary>
/// <param name="Major">The server's major version.</param>
/// <param name="Gentle">Whether somebody is there to be disturbed.</param>
/// <param name="Sessions">Vacuums at a time, which share one budget of cost, as autovacuum's workers do.</param>
internal sealed record VacuumStatement(int Major, bool Gentle, int Sessions, long FreezeAge)
{
    private const int CostLimit = 200;

    /// <summary>Settings of the session, before the statement.</summary>
    public string Settings(DueTable table)
    {
        var cost = Gentle
            ? string.Create(CultureInfo.InvariantCulture, $"set vacuum_cost_delay = '1ms'; set vacuum_cost_limit = {CostLimit / Sessions};")
            : "set vacuum_cost_delay = 0;";
        // An ordinary vacuum skips all-visible pages and so can't bring the age down; from table age 0 on it looks at every page.
        var freeze = table.Freeze
            ? string.Create(CultureInfo.InvariantCulture, $" set vacuum_freeze_table_age = 0; set vacuum_multixact_freeze_table_age = 0; set vacuum_freeze_min_age = {Math.Min(50_000_000, FreezeAge / 2)};")
            : "";
        return cost + freeze;
    }

    public string Text(TableName table) => $"vacuum ({string.Join(", ", Options())}) {table.Quoted}";

    /// <summary>Since 16 the database's own freeze limit is brought forward once at the end, not after each table.</summary>
    public static string? Closing(int major) => major >= 16 ? "vacuum (only_database_stats)" : null;

    private IEnumerable<string> Options()
    {
        yield return "truncate false";
        if (Gentle)
            yield return "parallel 0";
        if (Major >= 16)
            yield return "skip_database_stats";
        if (Major >= 16)
            yield return "buffer_usage_limit '2MB'";
    }
}
