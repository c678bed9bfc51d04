using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace SceneScout.Seeding;

/// <summary>Events as the four sources send them: sometimes twice, sometimes half empty, sometimes impossible.</summary>
internal sealed class EventSeed(SeedPlan plan, TextPools texts)
{
    public const double SentTwice = 0.015;
    public const double FromTwoSources = 0.02;
    public const double WithoutTitle = 0.005;
    public const double WithoutDescription = 0.08;
    public const double WithoutDate = 0.01;
    public const double WithoutVenue = 0.04;
    public const double WithoutImage = 0.12;
    public const double CreatedInFuture = 0.0005;
    public const double VeryOld = 0.001;

    // Shares of the sources, the largest first.
    private static readonly double[] _sources = [0.42, 0.72, 0.9, 1];

    public Task LoadAsync(NpgsqlConnection connection, IReadOnlyList<long> venues, CancellationToken cancellationToken)
    {
        var chance = plan.Chance(5);
        var time = Timeline.OfMachines(plan.Now);
        var last = new Event();
        return connection.CopyAsync(
            "events (source, external_id, title, description, category, event_date, venue_id, image_url, price, created_at, updated_at)",
            plan.Events, (row, number) =>
            {
                last = Next(last, number, time.InOrder(number, plan.Events, chance), venues, chance);
                Write(row, last);
            }, cancellationToken);
    }

    private Event Next(Event last, int number, DateTime created, IReadOnlyList<long> venues, Random chance)
    {
        if (chance.Happens(CreatedInFuture))
            created = plan.Now.UtcDateTime.Date.AddDays(chance.Next(2, 30));
        return chance.NextDouble() switch
        {
            < SentTwice when last.ExternalId is not null => last with { Created = created },
            < SentTwice + FromTwoSources when last.ExternalId is not null => last with
            {
                Source = TextPools.Sources[(Array.IndexOf(TextPools.Sources, last.Source) + 1) % TextPools.Sources.Length],
                ExternalId = External(number, chance),
                Created = created,
            },
            _ => Fresh(number, created, venues, chance),
        };
    }

    private Event Fresh(int number, DateTime created, IReadOnlyList<long> venues, Random chance)
    {
        var which = chance.NextDouble();
        return new Event
        {
            Source = TextPools.Sources[Array.FindIndex(_sources, share => which < share)],
            ExternalId = chance.Happens(0.002) ? null : External(number, chance),
            Title = chance.Happens(WithoutTitle) ? (chance.Happens(0.5) ? "" : null) : texts.Title(chance),
            Description = chance.Happens(WithoutDescription) ? null : texts.Description(chance),
            Category = TextPools.Categories[chance.Favourite(TextPools.Categories.Length)],
            Date = chance.Happens(WithoutDate) ? null : Date(created, chance),
            Venue = chance.Happens(WithoutVenue) ? null : venues[chance.Favourite(venues.Count)],
            Image = chance.Happens(WithoutImage) ? null : string.Create(CultureInfo.InvariantCulture, $"https://images.example.org/events/{number}.jpg"),
            Price = chance.Happens(0.3) ? 0 : chance.Next(500, 18_000) / 100m,
            Created = created,
        };
    }

    private DateTime Date(DateTime created, Random chance) => chance.Happens(VeryOld)
        ? plan.Now.UtcDateTime.Date.AddDays(-chance.Next(3_700, 9_000))
        : created.Date.AddDays(chance.Next(3, 120)).AddMinutes(chance.Next(36, 46) * 30);

    private static string External(int number, Random chance) => string.Create(CultureInfo.InvariantCulture, $"{chance.Next(0x1000, 0xFFFF):x4}-{number}");

    private static void Write(NpgsqlBinaryImporter row, Event item)
    {
        row.Text(item.Source);
        row.Text(item.ExternalId);
        row.Text(item.Title);
        row.Text(item.Description);
        row.Text(item.Category);
        row.Instant(item.Date);
        row.Number(item.Venue);
        row.Text(item.Image);
        row.Write(item.Price, NpgsqlDbType.Numeric);
        row.Instant(item.Created);
        row.Instant(item.Created);
    }

    private sealed record Event
    {
        public string Source { get; init; } = "";
        public string? ExternalId { get; init; }
        public string? Title { get; init; }
        public string? Description { get; init; }
        public string? Category { get; init; }
        public DateTime? Date { get; init; }
        public long? Venue { get; init; }
        public string? Image { get; init; }
        public decimal Price { get; init; }
        public DateTime Created { get; init; }
    }
}
