using Npgsql;
using Upkeep.Configuration;
using Upkeep.Postgres;

namespace Upkeep.Testing;

/// <summary>A login role that owns nothing and may do next to nothing, as the database's user of a careful platform.</summary>
public static class LimitedRole
{
    /// <summary>Settings that log in as the role, which is made when it isn't there.</summary>
    /// <param name="grants">SQL to give the role what the test wants it to have; <c>{0}</c> stands for the quoted role.</param>
    public static async Task<DatabaseSettings> LimitedAsync(this TestDatabase database, CancellationToken cancellationToken, string? grants = null)
    {
        ArgumentNullException.ThrowIfNull(database);
        var role = $"limited_{database.Name}";
        await database.ExecuteAsync($"create role {Sql.Identifier(role)} login", cancellationToken);
        if (grants is not null)
            await database.ExecuteAsync(grants.Replace("{0}", Sql.Identifier(role), StringComparison.Ordinal), cancellationToken);
        return new DatabaseSettings { ConnectionString = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role }.ToString() };
    }
}
