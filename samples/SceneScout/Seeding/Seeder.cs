using Npgsql;

namespace SceneScout.Seeding;

/// <summary>Fills an empty SceneScout database. All of it or nothing: the load is one transaction.</summary>
public static class Seeder
{
    /// <exception cref="ScoutException">There is no schema, or there are rows already.</exception>
    public static async Task SeedAsync(NpgsqlConnection connection, SeedPlan plan, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(plan);
        await MustBeEmptyAsync(connection, cancellationToken);
        var texts = new TextPools(plan.Seed);
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            var users = await new PeopleSeed(plan, texts).LoadAsync(connection, cancellationToken);
            var venues = await new VenueSeed(plan, texts).LoadAsync(connection, cancellationToken);
            await new EventSeed(plan, texts).LoadAsync(connection, venues, cancellationToken);
            await new TrafficSeed(plan, texts).LoadAsync(connection, users, cancellationToken);
            await new IngestionSeed(plan).LoadAsync(connection, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        await Wear.ApplyAsync(connection, plan, cancellationToken);
    }

    private static async Task MustBeEmptyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var there = new NpgsqlCommand("select to_regclass('public.events') is not null", connection);
        if (await there.ExecuteScalarAsync(cancellationToken) is not true)
            throw new ScoutException("The database has no SceneScout schema yet. Run: scenescout migrate");
        await using var rows = new NpgsqlCommand("select exists (select from events) or exists (select from venues) or exists (select from auth.users)", connection);
        if (await rows.ExecuteScalarAsync(cancellationToken) is true)
            throw new ScoutException("The database holds rows already, and seed fills only an empty one. Name another database.");
    }
}
