using System.Globalization;
using NodaTime;
using Upkeep.Postgres;

namespace Upkeep.Database.Retention;

/// <summary>The limit of a rule in the type of its column.</summary>
internal static class Limits
{
    /// <summary>The SQL and the COPY text of an instant for a column type, or null where the type holds no instant.</summary>
    /// <param name="type">As <c>format_type</c> names it.</param>
    /// <remarks>
    /// A column without a zone may hold UTC or the platform's local time, and nothing in the database tells which. The earlier of the
    /// two readings is the limit, so that a row is never taken too soon; some are taken up to the zone's offset too late.
    /// </remarks>
    public static (string Sql, string Text)? Of(string type, DateTimeOffset limit, string timeZone)
    {
        var instant = Instant.FromDateTimeOffset(limit);
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) ?? DateTimeZone.Utc;
        var utc = instant.InUtc().LocalDateTime;
        var local = instant.InZone(zone).LocalDateTime;
        var earlier = (local < utc ? local : utc).ToDateTimeUnspecified();
        return type switch
        {
            "timestamp with time zone" => (Sql.Literal(limit), Text(limit.UtcDateTime) + "+00"),
            "timestamp without time zone" => ($"timestamp '{earlier.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}'", Text(earlier)),
            "date" => ($"date '{Day(earlier)}'", Day(earlier)),
            _ => null,
        };
    }

    private static string Day(DateTime value) => value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // As the server writes it: a fraction without the zeros at its end.
    private static string Text(DateTime value) => value.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);
}
