using System.Globalization;
using ZstdSharp;

namespace Upkeep.Bench;

/// <summary>A log as a web platform writes it: one line in a hundred an error, some of those with a stack trace, no two lines alike.</summary>
internal static class LogSample
{
    // As our archives are packed.
    private const int ZstdLevel = 6;

    private static readonly string[] _places = ["EventStore", "VenueStore", "SearchIndex", "SessionStore", "IngestQueue", "Mailer"];
    private static readonly string[] _sources = ["ticketmaster", "eventbrite", "songkick", "meetup"];

    /// <summary>Writes lines until there are so many bytes; about 92 bytes a line.</summary>
    public static void Write(string path, long bytes, bool json)
    {
        var random = new Random(1);
        using var writer = new StreamWriter(path, append: false, new System.Text.UTF8Encoding(false), 1 << 20);
        var (at, written) = (new DateTime(2026, 11, 16, 0, 0, 0, DateTimeKind.Utc), 0L);
        // The same week, however many lines.
        var step = TimeSpan.FromTicks((long)(TimeSpan.FromDays(7).Ticks / Math.Max(1.0, bytes / 92.0)));
        while (written < bytes)
        {
            at += step;
            var (level, message, trace) = Line(random);
            var line = json
                ? string.Create(CultureInfo.InvariantCulture, $"{{\"level\":{level switch { "ERROR" => 50, "WARN" => 40, _ => 30 }},\"time\":{new DateTimeOffset(at).ToUnixTimeMilliseconds()},\"pid\":812,\"hostname\":\"web-1\",\"msg\":\"{message}\"}}")
                : string.Create(CultureInfo.InvariantCulture, $"{at:yyyy-MM-dd HH:mm:ss.fff} {level} [worker-{random.Next(16)}] {message}");
            writer.Write(line);
            writer.Write('\n');
            written += line.Length + 1;
            if (trace is null || json)
                continue;
            writer.Write(trace);
            written += trace.Length;
        }
    }

    public static void Gzip(string path)
    {
        using var program = System.Diagnostics.Process.Start("sh", ["-c", $"gzip -c '{path}' > '{path}.gz'"]);
        program.WaitForExit();
    }

    public static void Zstd(string path)
    {
        using var from = File.OpenRead(path);
        using var into = new CompressionStream(File.Create(path + ".zst"), ZstdLevel, leaveOpen: false);
        from.CopyTo(into, 1 << 20);
    }

    private static (string Level, string Message, string? Trace) Line(Random random)
    {
        var (number, place, source) = (random.Next(1_000_000), _places[random.Next(_places.Length)], _sources[random.Next(_sources.Length)]);
        return random.Next(1000) switch
        {
            < 4 => ("ERROR", $"{place} could not store event {number} of {source}: duplicate key value violates unique constraint", null),
            < 7 => ("ERROR", $"request {number:x8} to /api/events/{number} failed after {random.Next(30_000)} ms", "java.net.SocketTimeoutException: Read timed out\n    at java.base/sun.nio.ch.NioSocketImpl.read(NioSocketImpl.java:288)\n    at org.example.http.Client.get(Client.java:71)\n"),
            < 10 => ("ERROR", $"connection to 10.0.{random.Next(256)}.{random.Next(256)}:5432 refused by {place}", null),
            < 40 => ("WARN", $"slow query took {random.Next(200, 9000)} ms in {place}, {random.Next(100)} rows", null),
            < 400 => ("INFO", $"GET /api/events/{number} 200 {random.Next(400)}ms user={random.Next(50_000)}", null),
            < 600 => ("INFO", $"GET /api/venues/{random.Next(9000)}?near={random.Next(90)}.{random.Next(10_000)} 200 {random.Next(300)}ms", null),
            < 800 => ("INFO", $"stored event {number} of {source} in {random.Next(60)} ms", null),
            < 950 => ("DEBUG", $"cache hit for key events:{number:x8} in {place}", null),
            _ => ("INFO", $"session {number:x8}{random.Next():x8} of user {random.Next(50_000)} renewed until 2026-12-{random.Next(1, 31):00}", null),
        };
    }
}
