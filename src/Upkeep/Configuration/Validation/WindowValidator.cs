using NodaTime;

namespace Upkeep.Configuration.Validation;

internal static class WindowValidator
{
    public static IEnumerable<Objection> Check(WindowSettings window)
    {
        var length = window.End - window.Start;
        if (window.Start == window.End)
            yield return new Objection("end", $"the window starts and ends at {window.End:HH:mm}", "Write an end after the start; an end before it is on the next day.", "start");
        else if (window.Reserve >= length)
            yield return new Objection("reserve", $"{Durations.Write(window.Reserve)} is the whole window of {Durations.Write(length)}", "Keep less free, or make the window longer.", "end");
        // Between start and end (which may be past midnight) nothing is left to prepare for.
        if (window.Start != window.End && window.Preparation.IsBetween(window.Start, window.End) && window.Preparation != window.Start)
            yield return new Objection("preparation", $"{window.Preparation:HH:mm} is after the window's start {window.Start:HH:mm}", "Preparation opens before the window.", "start");
        if (DateTimeZoneProviders.Tzdb.Ids.Contains(window.TimeZone, StringComparer.Ordinal))
            yield break;
        yield return new Objection("timeZone", $"there is no time zone '{window.TimeZone}'",
            NearestZone(window.TimeZone) is { } near ? $"Did you mean {near}?" : "Write an IANA zone, for example America/Toronto; timedatectl list-timezones has them all.");
    }

    // People write the city (Toronto), or the zone with spaces or in small letters.
    private static string? NearestZone(string written)
    {
        var ids = DateTimeZoneProviders.Tzdb.Ids;
        var plain = written.Trim().Replace(' ', '_');
        var cities = ids.ToLookup(id => id[(id.LastIndexOf('/') + 1)..], StringComparer.OrdinalIgnoreCase);
        return cities[plain].FirstOrDefault() ?? Nearest.To(plain, ids) ?? (Nearest.To(plain, cities.Select(city => city.Key)) is { } near ? cities[near].First() : null);
    }
}
