using Npgsql;

namespace SceneScout.Seeding;

/// <summary>A week of life after the load: prices change, visits go on, finished queue entries go. It leaves dead rows behind.</summary>
internal static class Wear
{
    private static readonly string[] _statements =
    [
        "update events set price = coalesce(price, 0) + 1, updated_at = $1 where id % 4 = 0",
        "update user_sessions set pages_viewed = pages_viewed + 1 where pages_viewed % 3 = 0",
        "update auth.users set last_sign_in_at = $1 where last_sign_in_at is null",
        "delete from ingestion_queue where status = 'done' and id % 5 = 0 and created_at < $1",
    ];

    public static async Task ApplyAsync(NpgsqlConnection connection, SeedPlan plan, CancellationToken cancellationToken)
    {
        foreach (var statement in _statements)
        {
            await using var command = new NpgsqlCommand(statement, connection) { CommandTimeout = 0 };
            if (statement.Contains("$1", StringComparison.Ordinal))
                command.Parameters.Add(new() { Value = plan.Now.UtcDateTime });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
