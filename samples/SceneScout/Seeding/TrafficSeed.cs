using Npgsql;
using NpgsqlTypes;

namespace SceneScout.Seeding;

/// <summary>What the site noted about its visitors: audit_logs and api_logs.</summary>
internal sealed class TrafficSeed(SeedPlan plan, TextPools texts)
{
    public const double ServerErrors = 0.008;

    private static readonly string[] _actions = ["login", "logout", "event.saved", "event.shared", "profile.updated", "venue.edited", "password.changed"];
    private static readonly string[] _paths = ["/", "/discover", "/discover?category=music", "/health", "/events", "/discover?city=Toronto", "/venues"];

    public async Task LoadAsync(NpgsqlConnection connection, IReadOnlyList<Guid> users, CancellationToken cancellationToken)
    {
        await AuditAsync(connection, users, cancellationToken);
        await ApiAsync(connection, cancellationToken);
    }

    private Task AuditAsync(NpgsqlConnection connection, IReadOnlyList<Guid> users, CancellationToken cancellationToken)
    {
        var chance = plan.Chance(6);
        var time = Timeline.OfPeople(plan.Now);
        return connection.CopyAsync("audit_logs (user_id, action, entity, entity_id, details, created_at)", plan.AuditLogs, (row, number) =>
        {
            var action = _actions[chance.Favourite(_actions.Length)];
            row.Id(chance.Happens(0.05) ? null : users[chance.Favourite(users.Count)]);
            row.Text(action);
            row.Text(action.Contains('.', StringComparison.Ordinal) ? action[..action.IndexOf('.', StringComparison.Ordinal)] : "session");
            row.Text(chance.Next(1, 100_000).ToString(System.Globalization.CultureInfo.InvariantCulture));
            row.Write($$"""{"ip": "{{chance.Of(texts.Addresses)}}", "ok": {{(chance.Happens(0.97) ? "true" : "false")}}}""", NpgsqlDbType.Jsonb);
            row.Instant(time.InOrder(number, plan.AuditLogs, chance));
        }, cancellationToken);
    }

    private Task ApiAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var chance = plan.Chance(7);
        var time = Timeline.OfPeople(plan.Now);
        return connection.CopyAsync("api_logs (method, path, status_code, response_time_ms, ip, user_agent, created_at)", plan.ApiLogs, (row, number) =>
        {
            var status = Status(chance);
            row.Text(chance.Happens(0.93) ? "GET" : "POST");
            row.Text(_paths[chance.Favourite(_paths.Length)]);
            row.Write(status, NpgsqlDbType.Smallint);
            row.Write(chance.Latency(status >= 500 ? 900 : 38), NpgsqlDbType.Integer);
            row.Write(chance.Of(texts.Addresses), NpgsqlDbType.Inet);
            row.Text(chance.Of(texts.Browsers));
            row.Instant(time.InOrder(number, plan.ApiLogs, chance));
        }, cancellationToken);
    }

    private static short Status(Random chance) => chance.NextDouble() switch
    {
        < ServerErrors => 500,
        < 0.03 => 404,
        < 0.04 => 304,
        _ => 200,
    };
}
