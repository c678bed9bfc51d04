using System.Globalization;
using System.Net;
using System.Text;

namespace SceneScout.Site;

/// <summary>The site's HTML.</summary>
internal static class Pages
{
    public static string Home(IReadOnlyList<Listing> listings) => Page("SceneScout: events near you", listings);

    public static string Discover(IReadOnlyList<Listing> listings) => Page("Discover events", listings);

    private static string Page(string title, IReadOnlyList<Listing> listings)
    {
        var rows = new StringBuilder();
        foreach (var listing in listings)
        {
            rows.Append(CultureInfo.InvariantCulture,
                $"<li><b>{Encode(listing.Title)}</b> {listing.Date:yyyy-MM-dd HH:mm} · {Encode(listing.Venue)}, {Encode(listing.City)} · {Encode(listing.Category)}</li>\n");
        }
        return $"""
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>{Encode(title)}</title></head>
            <body>
            <h1>{Encode(title)}</h1>
            <p><a href="/">Home</a> <a href="/discover">Discover</a></p>
            <ul>
            {rows}</ul>
            </body>
            </html>
            """;
    }

    private static string Encode(string? text) => WebUtility.HtmlEncode(text ?? "");
}
