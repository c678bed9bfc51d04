using Npgsql;
using SceneScout.Schema;
using SceneScout.Seeding;
using Upkeep.Testing;

namespace SceneScout.Tests;

/// <summary>SceneScout databases for tests.</summary>
internal static class Scout
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 7, 0, 0, TimeSpan.Zero);

    public static async Task<NpgsqlConnection> OpenAsync(TestDatabase database, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    /// <summary>A database with schema and rows.</summary>
    public static async Task<TestDatabase> FilledAsync(PostgresServer server, SeedPlan plan, CancellationToken cancellationToken)
    {
        var database = await server.CreateDatabaseAsync(cancellationToken);
        await using var connection = await OpenAsync(database, cancellationToken);
        await Migrator.MigrateAsync(connection, cancellationToken);
        await Seeder.SeedAsync(connection, plan, cancellationToken);
        return database;
    }
}
