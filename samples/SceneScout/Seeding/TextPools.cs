using System.Net;
using Bogus;

namespace SceneScout.Seeding;

/// <summary>A town with venues.</summary>
internal sealed record Town(string Name, string Country, double Latitude, double Longitude);

/// <summary>
/// Texts to draw from. Bogus takes microseconds to milliseconds a value: a pool is made once, and rows are composed from it.
/// </summary>
internal sealed class TextPools
{
    public static readonly string[] Sources = ["ticketmaster", "eventbrite", "songkick", "meetup"];
    public static readonly string[] Categories = ["music", "theatre", "comedy", "sports", "arts", "food", "family", "technology"];

    public static readonly Town[] Towns =
    [
        new("Toronto", "CA", 43.6532, -79.3832), new("Montreal", "CA", 45.5019, -73.5674), new("Vancouver", "CA", 49.2827, -123.1207),
        new("Ottawa", "CA", 45.4215, -75.6972), new("Calgary", "CA", 51.0447, -114.0719), new("New York", "US", 40.7128, -74.0060),
        new("Chicago", "US", 41.8781, -87.6298), new("Austin", "US", 30.2672, -97.7431), new("Seattle", "US", 47.6062, -122.3321),
        new("London", "GB", 51.5072, -0.1276), new("Dublin", "IE", 53.3498, -6.2603), new("Berlin", "DE", 52.5200, 13.4050),
    ];

    public TextPools(int seed)
    {
        var faker = new Faker("en") { Random = new Randomizer(seed) };
        Artists = Make(400, () => faker.Name.FullName());
        Acts = Make(200, () => $"The {faker.Commerce.Color()} {faker.Commerce.ProductMaterial()} {faker.PickRandom(_ensembles)}");
        VenueNames = Make(300, () => $"{faker.Name.LastName()} {faker.PickRandom(_houses)}");
        Streets = Make(300, () => faker.Address.StreetAddress());
        Sentences = Make(400, () => faker.Lorem.Sentence(6, 10));
        People = Make(600, () => faker.Name.FullName());
        Browsers = Make(60, () => faker.Internet.UserAgent());
        Addresses = Make(500, () => IPAddress.Parse(faker.Internet.Ip()));
    }

    public IReadOnlyList<string> Artists { get; }
    public IReadOnlyList<string> Acts { get; }
    public IReadOnlyList<string> VenueNames { get; }
    public IReadOnlyList<string> Streets { get; }
    public IReadOnlyList<string> Sentences { get; }
    public IReadOnlyList<string> People { get; }
    public IReadOnlyList<string> Browsers { get; }
    public IReadOnlyList<IPAddress> Addresses { get; }

    public string Title(Random chance) => chance.Next(4) switch
    {
        0 => $"{chance.Of(Artists)} live",
        1 => $"{chance.Of(Acts)} with {chance.Of(Artists)}",
        2 => $"{chance.Of(Acts)}: the {chance.Next(1, 11) * 5}th anniversary tour",
        _ => $"An evening with {chance.Of(Artists)}",
    };

    public string Description(Random chance) => string.Join(' ', Enumerable.Range(0, chance.Next(2, 6)).Select(_ => chance.Of(Sentences)));

    private static readonly string[] _ensembles = ["Quartet", "Orchestra", "Players", "Trio", "Collective", "Choir"];
    private static readonly string[] _houses = ["Hall", "Theatre", "Arena", "Club", "Gardens", "Gallery", "Tavern", "Pavilion"];

    private static IReadOnlyList<T> Make<T>(int count, Func<T> one) => [.. Enumerable.Range(0, count).Select(_ => one())];
}
