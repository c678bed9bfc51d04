using Npgsql;
using NpgsqlTypes;

namespace SceneScout.Seeding;

/// <summary>Users, their log-ins (most long expired) and their visits.</summary>
internal sealed class PeopleSeed(SeedPlan plan, TextPools texts)
{
    // Few enough that a go/no-go of "at most ten active users" says go.
    private const int ActiveNow = 3;

    private static readonly TimeSpan _loginLasts = TimeSpan.FromDays(30);

    public async Task<IReadOnlyList<Guid>> LoadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var users = await UsersAsync(connection, cancellationToken);
        await LoginsAsync(connection, users, cancellationToken);
        await VisitsAsync(connection, users, cancellationToken);
        return users;
    }

    private async Task<IReadOnlyList<Guid>> UsersAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var chance = plan.Chance(1);
        var time = Timeline.OfPeople(plan.Now);
        var users = Enumerable.Range(0, plan.Users).Select(_ => chance.Id()).ToArray();
        await connection.CopyAsync("auth.users (id, email, display_name, created_at, last_sign_in_at)", users.Length, (row, number) =>
        {
            var person = chance.Of(texts.People);
            var created = time.InOrder(number, users.Length, chance);
            row.Id(users[number]);
            row.Text($"{person.ToLowerInvariant().Replace(' ', '.').Replace("'", "", StringComparison.Ordinal)}.{number}@example.org");
            row.Text(person);
            row.Instant(created);
            row.Instant(chance.Happens(0.1) ? null : Between(created, chance));
        }, cancellationToken);
        return users;
    }

    private Task LoginsAsync(NpgsqlConnection connection, IReadOnlyList<Guid> users, CancellationToken cancellationToken)
    {
        var chance = plan.Chance(2);
        var time = Timeline.OfPeople(plan.Now);
        return connection.CopyAsync("auth.sessions (id, user_id, created_at, expires_at, user_agent, ip)", plan.Logins, (row, number) =>
        {
            var created = time.InOrder(number, plan.Logins, chance);
            row.Id(chance.Id());
            row.Id(users[chance.Favourite(users.Count)]);
            row.Instant(created);
            row.Instant(created + _loginLasts);
            row.Text(chance.Of(texts.Browsers));
            row.Write(chance.Of(texts.Addresses), NpgsqlDbType.Inet);
        }, cancellationToken);
    }

    private Task VisitsAsync(NpgsqlConnection connection, IReadOnlyList<Guid> users, CancellationToken cancellationToken)
    {
        var chance = plan.Chance(3);
        var time = Timeline.OfPeople(plan.Now.AddMinutes(-30));
        return connection.CopyAsync("user_sessions (id, user_id, started_at, last_active, pages_viewed)", plan.Visits, (row, number) =>
        {
            var active = number >= plan.Visits - ActiveNow;
            var started = active ? plan.Now.UtcDateTime.AddMinutes(-10) : time.InOrder(number, plan.Visits, chance);
            row.Id(chance.Id());
            row.Id(active || chance.Happens(0.7) ? users[chance.Favourite(users.Count)] : null);
            row.Instant(started);
            row.Instant(active ? plan.Now.UtcDateTime.AddSeconds(-chance.Next(5, 30)) : started.AddSeconds(chance.Next(20, 1_200)));
            row.Write(chance.Next(1, 40), NpgsqlDbType.Integer);
        }, cancellationToken);
    }

    private DateTime Between(DateTime from, Random chance)
    {
        var ticks = from.Ticks + (long)(chance.NextDouble() * (plan.Now.UtcDateTime - from).Ticks);
        return new DateTime(ticks - (ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);
    }
}
