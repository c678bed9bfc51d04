using Npgsql;
using NpgsqlTypes;

namespace SceneScout.Site;

/// <summary>An event as a visitor sees it.</summary>
internal sealed record Listing(string Title, string? Category, DateTime Date, string Venue, string City);

/// <summary>What the site asks the database.</summary>
internal sealed class EventQueries(NpgsqlDataSource database)
{
    private const int PageSize = 20;

    public Task<IReadOnlyList<Listing>> UpcomingAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        ListAsync("e.event_date >= $1", now, [], cancellationToken);

    /// <param name="text">Part of a title, any case; null for all.</param>
    public Task<IReadOnlyList<Listing>> DiscoverAsync(DateTimeOffset now, string? category, string? city, string? text, CancellationToken cancellationToken) =>
        ListAsync(
            "e.event_date >= $1 and ($2 is null or e.category = $2) and ($3 is null or v.city = $3) and ($4 is null or e.title ilike '%' || $4 || '%')",
            now, [category, city, text], cancellationToken);

    public async Task<long> QueueDepthAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select count(*) from ingestion_queue where status = 'queued'");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<IReadOnlyList<Listing>> ListAsync(string condition, DateTimeOffset now, string?[] texts, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            select e.title, e.category, e.event_date, v.name, v.city
            from events e join venues v on v.id = e.venue_id
            where e.title <> '' and {condition}
            order by e.event_date, e.id limit {PageSize}
            """);
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        foreach (var text in texts)
            command.Parameters.Add(new() { Value = string.IsNullOrEmpty(text) ? DBNull.Value : text, NpgsqlDbType = NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var listings = new List<Listing>();
        while (await reader.ReadAsync(cancellationToken))
        {
            listings.Add(new Listing(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1),
                reader.GetDateTime(2), reader.GetString(3), reader.GetString(4)));
        }
        return listings;
    }
}
