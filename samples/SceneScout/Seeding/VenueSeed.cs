using Npgsql;

namespace SceneScout.Seeding;

/// <summary>Venues around the towns, some of them geocoded badly or not at all.</summary>
internal sealed class VenueSeed(SeedPlan plan, TextPools texts)
{
    public const double WithoutCoordinates = 0.03;
    public const double ZeroCoordinates = 0.02;
    public const double ImpossibleCoordinates = 0.003;

    /// <returns>The ids that the database gave them.</returns>
    public async Task<IReadOnlyList<long>> LoadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var chance = plan.Chance(4);
        var time = Timeline.OfPeople(plan.Now);
        await connection.CopyAsync("venues (name, address, city, country, latitude, longitude, created_at)", plan.Venues, (row, number) =>
        {
            var town = TextPools.Towns[chance.Favourite(TextPools.Towns.Length)];
            var (latitude, longitude) = Place(town, chance);
            row.Text(chance.Of(texts.VenueNames));
            row.Text(chance.Happens(0.05) ? null : chance.Of(texts.Streets));
            row.Text(town.Name);
            row.Text(town.Country);
            row.Real(latitude);
            row.Real(longitude);
            row.Instant(time.InOrder(number, plan.Venues, chance));
        }, cancellationToken);

        await using var command = new NpgsqlCommand("select id from venues order by id", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<long>(plan.Venues);
        while (await reader.ReadAsync(cancellationToken))
            ids.Add(reader.GetInt64(0));
        return ids;
    }

    private static (double? Latitude, double? Longitude) Place(Town town, Random chance) => chance.NextDouble() switch
    {
        < WithoutCoordinates => (null, null),
        < WithoutCoordinates + ZeroCoordinates => (0, 0),
        // Latitude and longitude swapped, as a careless client sends them.
        < WithoutCoordinates + ZeroCoordinates + ImpossibleCoordinates => (town.Longitude - 90, town.Latitude),
        _ => (Math.Round(town.Latitude + Near(chance), 6), Math.Round(town.Longitude + Near(chance), 6)),
    };

    private static double Near(Random chance) => (chance.NextDouble() - 0.5) * 0.3;
}
