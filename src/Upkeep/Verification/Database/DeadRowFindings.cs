using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Postgres.Catalog;

namespace Upkeep.Verification.Database;

/// <summary>Tables that still hold more dead rows than the vacuum's own limit allows: nobody looks at them again before next week.</summary>
internal static class DeadRowFindings
{
    private const string Vacuum = "database.vacuum";

    /// <param name="facts">Of the run so far: what the vacuum has told of already is not a second warning.</param>
    public static IEnumerable<Finding> Of(IReadOnlyList<TableState> tables, VacuumSettings settings, IReadOnlyList<JournalEntry> facts)
    {
        var told = facts.Where(entry => entry.Step == Vacuum).Select(entry => entry.Fact).OfType<FindingRaised>()
            .Select(raised => raised.Finding).Where(finding => finding.Severity != Severity.Info).Select(finding => finding.Subject).ToHashSet();
        // A dry run's vacuum only looks: what it would have cleaned is no news.
        var idle = facts.Any(entry => entry.Step == Vacuum && entry.Fact is StepEnded { Status: StepStatus.Skipped });
        return tables.Where(table => table.Kind != "partitioned" && table.DeadRows >= settings.DeadRowsLimit(table.LiveRows + table.DeadRows))
            .Select(table => new Finding(
                // One that the role may not vacuum is told of there as well.
                told.Contains(table.Table.ToString()) || !table.CanMaintain || idle ? Severity.Info : Severity.Warning,
                "dead-rows-left", string.Create(CultureInfo.InvariantCulture, $"{table.Table} still holds {table.DeadRows:N0} dead rows ({table.DeadShare:P1}){(idle ? "; the vacuum did not act in this run" : "")}."),
                table.Table.ToString(), "Look what holds them (performance.locks names old transactions), then: upkeep run --only database.vacuum"));
    }
}
