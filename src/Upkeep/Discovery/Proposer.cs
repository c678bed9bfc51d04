using System.Globalization;
using System.Text.RegularExpressions;
using Upkeep.Configuration;
using Upkeep.Postgres;

namespace Upkeep.Discovery;

/// <summary>
/// Inventory to proposal; pure. Deleting is only switched on for the tables that SceneScout's operators purge every week, with their
/// figures and exactly their columns; whatever else looks like a log is proposed in comments.
/// </summary>
public static partial class Proposer
{
    private static readonly (string Table, int Days, string? Where, string? Needs)[] _known =
        [("audit_logs", 90, null, null), ("api_logs", 30, null, null), ("ingestion_logs", 7, "status = 'success'", "status")];

    // What an unknown log is proposed to keep: long enough that nobody who only removes the '#' is sorry.
    private static readonly TimeSpan _unknownLog = TimeSpan.FromDays(180);

    private static readonly string[] _timeColumns =
        ["created_at", "created", "logged_at", "occurred_at", "inserted_at", "recorded_at", "event_time", "timestamp", "time", "ts", "date", "createdat", "created_on", "creation_date"];

    private static readonly string[] _expiryColumns = ["expires_at", "expires", "expire_date", "expiresat", "expiry", "expires_on"];

    /// <param name="timeZone">IANA id of the platform's zone.</param>
    public static Proposal Propose(Inventory inventory, string timeZone)
    {
        ArgumentNullException.ThrowIfNull(inventory);
        return new Proposal
        {
            Platform = inventory.Name,
            TimeZone = timeZone,
            Inventory = inventory,
            Retention = [.. inventory.Tables.Select(Retention).OfType<ProposedRule>()],
            Sessions = [.. inventory.Tables.Select(Session).OfType<ProposedRule>()],
            ActiveUsersQuery = inventory.Tables.Select(ActiveUsers).FirstOrDefault(query => query is not null),
            QueueDepthQuery = inventory.Tables.Select(QueueDepth).FirstOrDefault(query => query is not null),
        };
    }

    private static ProposedRule? Retention(DiscoveredTable table)
    {
        if (_known.FirstOrDefault(each => each.Table == table.Name.Name) is { Table: not null } known
            && table.Column("created_at") is { IsTime: true } created && (known.Needs is null || table.Column(known.Needs) is { IsText: true }))
        {
            return Rule(table, created, TimeSpan.FromDays(known.Days), known.Where, active: table.Name.Schema == "public");
        }
        return LogName().IsMatch(table.Name.Name) && TimeColumn(table) is { } column ? Rule(table, column, _unknownLog, null, active: false) : null;
    }

    private static ProposedRule? Session(DiscoveredTable table) =>
        SessionName().IsMatch(table.Name.Name) && table.Columns.FirstOrDefault(column => column.IsTime && _expiryColumns.Contains(column.Name.ToLowerInvariant(), StringComparer.Ordinal)) is { } expires
            ? Rule(table, expires, TimeSpan.Zero, null, active: table.Name is { Schema: "auth", Name: "sessions" } && expires.Name == "expires_at")
            : null;

    private static DiscoveredColumn? TimeColumn(DiscoveredTable table) =>
        _timeColumns.Select(table.Column).FirstOrDefault(column => column is { IsTime: true })
            ?? table.Columns.FirstOrDefault(column => column is { IsTime: true, LeadsIndex: true });

    private static ProposedRule? Rule(DiscoveredTable table, DiscoveredColumn column, TimeSpan keep, string? where, bool active)
    {
        // The configuration has no way to write such a name, which would be read as a reference.
        if (column.Name.StartsWith("file:", StringComparison.Ordinal))
            return null;
        var rows = table.EstimatedRows > 0 ? string.Create(CultureInfo.InvariantCulture, $"about {table.EstimatedRows:N0} rows") : "not yet counted";
        var index = column.LeadsIndex ? "indexed" : "no index starts with it: the table is read through";
        return new ProposedRule(new RetentionRule { Table = QualifiedName.Write(table.Name.Schema, table.Name.Name), Column = column.Name, Keep = keep, Where = where },
            active, $"{rows}; {column.Name} is {column.Type}, {index}");
    }

    private static string? ActiveUsers(DiscoveredTable table)
    {
        if (!table.Name.Name.EndsWith("sessions", StringComparison.OrdinalIgnoreCase) || table.Column("user_id") is not { } user)
            return null;
        return (table.Column("last_active") ?? table.Column("last_active_at") ?? table.Column("last_seen_at")) is { IsTime: true } active
            ? $"select count(distinct {Sql.Identifier(user.Name)}) from {table.Name.Quoted} where {Sql.Identifier(active.Name)} > now() - interval '5 minutes'"
            : null;
    }

    private static string? QueueDepth(DiscoveredTable table) =>
        QueueName().IsMatch(table.Name.Name) && table.Column("status") is { } status
            ? $"select count(*) from {table.Name.Quoted} where {Sql.Identifier(status.Name)}::text in ('pending', 'queued', 'waiting', 'ready')"
            : null;

    [GeneratedRegex("((^|[_-])(logs?|log_entries|audits?|audit_trail|audit_events)|[_-](events|history|activity))$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LogName();

    [GeneratedRegex("(^|[_-])(sessions?|tokens?)$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SessionName();

    [GeneratedRegex("(^|[_-])(queue|jobs)$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex QueueName();
}
