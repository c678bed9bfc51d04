using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Postgres;
using Upkeep.Postgres.Catalog;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Performance.Connections;

/// <summary><c>performance.connections</c>: connections per state against the limit, and who sits idle in a transaction.</summary>
public sealed class ConnectionsStep(PerformanceSettings settings, DatabaseDoor database, Redactor redactor) : InspectStep<ConnectionsSurvey>
{
    private const int FindingsAtMost = 20;

    public override StepDefinition Definition { get; } = new()
    {
        Id = "performance.connections",
        Title = "Connections and their headroom",
        Kind = StepKind.Inspect,
        Priority = 6,
        Deadline = TimeSpan.FromMinutes(5),
    };

    public override async Task<Check<ConnectionsSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var state = await DatabaseState.ReadAsync(database, cancellationToken);
        var survey = Survey(state, await SessionState.ReadAsync(database, cancellationToken));
        Measure(context, survey);
        Judge(context, survey);
        var csv = new Csv("database", "user", "application", "state", "connections");
        foreach (var group in survey.Groups)
            csv.Row(group.Database, group.User, group.Application, group.State, group.Count);
        await context.WriteCsvAsync("performance/connections.csv", csv, redactor, cancellationToken);
        return Check.Looked(survey, string.Create(CultureInfo.InvariantCulture,
            $"{survey.Used} of {survey.Usable} usable connections in use, {survey.Headroom} left; {(survey.SeesAll ? $"{survey.IdleInTransaction.Count} idle in a transaction for too long" : "states not checked")}"));
    }

    private ConnectionsSurvey Survey(DatabaseState state, IReadOnlyList<SessionState> sessions) => new(
        sessions.Count,
        Math.Max(0, state.MaxConnections - state.ReservedConnections),
        [.. sessions.CountBy(session => (session.Database ?? "", session.User ?? "", session.Application, session.State ?? "not visible"))
            .OrderByDescending(group => group.Value).ThenBy(group => group.Key)
            .Select(group => new ConnectionGroup(group.Key.Item1, group.Key.Item2, group.Key.Application, group.Key.Item4, group.Value))],
        [.. sessions.Where(session => session.State?.StartsWith("idle in transaction", StringComparison.Ordinal) == true && session.StateSeconds > settings.IdleInTransaction.TotalSeconds)
            .OrderByDescending(session => session.StateSeconds)],
        state.SeesAllActivity);

    private static void Measure(StepContext context, ConnectionsSurvey survey)
    {
        context.Before("connections_used", survey.Used, "count");
        context.Before("connections_usable", survey.Usable, "count");
        context.Before("connection_headroom", survey.Headroom, "count");
        foreach (var (state, count) in survey.Groups.AggregateBy(group => group.State, 0, (sum, group) => sum + group.Count))
            context.Before("connections", count, "count", state);
    }

    private void Judge(StepContext context, ConnectionsSurvey survey)
    {
        if (!survey.SeesAll)
            context.Raise(Severity.Info, "states-not-checked", "Not checked: the state of other users' sessions, which our role may not see.", null, "grant pg_monitor to the role that upkeep logs in as.");
        if (survey.Share > settings.ConnectionShare)
            context.Raise(Severity.Warning, "connections-near-limit", string.Create(CultureInfo.InvariantCulture,
                $"{survey.Used} of {survey.Usable} usable connections are in use ({survey.Share:P0}); the limit is {settings.ConnectionShare:P0}."), null, "See performance/connections.csv for who holds them; lower their pools, or put a pooler in front.");
        foreach (var session in survey.IdleInTransaction.Take(FindingsAtMost))
            context.Raise(Severity.Warning, "idle-in-transaction", string.Create(CultureInfo.InvariantCulture,
                $"{session.Named} is idle in a transaction for {session.StateSeconds:0} s; the limit is {settings.IdleInTransaction.TotalSeconds:0} s. Its last statement: {session.Query ?? "not visible"}"), session.Application, "It keeps dead rows from being vacuumed. Mend the application, or set idle_in_transaction_session_timeout.");
    }
}
