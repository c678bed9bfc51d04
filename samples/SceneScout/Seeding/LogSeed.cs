using System.Globalization;
using System.Text;
using SceneScout.Site;

namespace SceneScout.Seeding;

/// <summary>What the log files of the last week say: mostly that all is well, and one day that a source was down for hours.</summary>
internal static class LogSeed
{
    private const int Days = 7;
    private const int LinesOfADay = 4_000;
    // Some days ago, in the evening.
    private const double OutageFrom = -3.4;
    private const double OutageTo = -3.2;
    private const double Errors = 0.004;
    private const double Warnings = 0.02;

    private static readonly string[] _errors =
    [
        "ingestion: ticketmaster answered HTTP 429 after {0} ms: rate limit reached",
        "ingestion: songkick: unexpected field in answer of event {0}: dates.start",
        "geocoder: venue {0} has no coordinates: ZERO_RESULTS",
        "images: https://images.example.org/events/{0}.jpg: timeout after 10 s",
    ];

    public static void Write(SeedPlan plan, string folder)
    {
        Directory.CreateDirectory(folder);
        var chance = plan.Chance(10);
        var lines = Math.Max(1, (int)(LinesOfADay * Days * plan.Scale));
        var files = new Dictionary<string, StringBuilder>(StringComparer.Ordinal);
        for (var number = 0; number < lines; number++)
        {
            var ago = Days * ((number + chance.NextDouble()) / lines - 1);
            var at = plan.Now.AddDays(ago);
            var (level, where, what) = ago is > OutageFrom and < OutageTo && chance.NextDouble() < 0.1 ? ("ERROR", "ingestion", "eventbrite: no connection to 192.0.2.14:443: connection refused") : Message(chance);
            Append(files, LogFiles.Application(at), LogFiles.Line(at, level, where, what));
            if (level == "ERROR")
                Append(files, "error.log", LogFiles.Line(at, level, where, what));
        }
        foreach (var (name, text) in files)
            File.AppendAllText(Path.Combine(folder, name), text.ToString());
    }

    private static (string Level, string Where, string What) Message(Random chance)
    {
        var number = chance.Next(1, 90_000);
        switch (chance.NextDouble())
        {
            case < Errors:
                var error = chance.Of(_errors).Split(": ", 2);
                return ("ERROR", error[0], string.Format(CultureInfo.InvariantCulture, error[1], number));
            case < Errors + Warnings:
                return ("WARN", "site", string.Create(CultureInfo.InvariantCulture, $"/discover took {900 + (number % 2_000)} ms"));
            default:
                return ("INFO", "site", string.Create(CultureInfo.InvariantCulture, $"event {number} shown"));
        }
    }

    private static void Append(Dictionary<string, StringBuilder> files, string name, string line)
    {
        if (!files.TryGetValue(name, out var text))
            files.Add(name, text = new StringBuilder());
        text.Append(line);
    }
}
