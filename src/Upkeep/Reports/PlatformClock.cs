using System.Globalization;
using NodaTime;

namespace Upkeep.Reports;

/// <summary>Instants as the platform's people see them on their clocks.</summary>
public sealed class PlatformClock(string? timeZone)
{
    private readonly DateTimeZone _zone = timeZone is null ? DateTimeZone.Utc : DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) ?? DateTimeZone.Utc;

    /// <summary>Id of the zone that is used; UTC where the run's is unknown.</summary>
    public string Zone => _zone.Id;

    /// <summary>For example <c>02:03:09</c>.</summary>
    public string Time(DateTimeOffset at) => Local(at).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>For example <c>02:03</c>.</summary>
    public string Minute(DateTimeOffset at) => Local(at).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>For example <c>Sunday, 22 November 2026</c>.</summary>
    public string Day(DateTimeOffset at) => Local(at).ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>For example <c>2026-11-22 02:03:09 −05:00</c>.</summary>
    public string Full(DateTimeOffset at) => Local(at).ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);

    private DateTimeOffset Local(DateTimeOffset at) => Instant.FromDateTimeOffset(at).InZone(_zone).ToDateTimeOffset();
}
