using System.Buffers.Text;
using System.Text;
using NodaTime;

namespace Upkeep.LogReading;

/// <summary>Times of log lines as milliseconds since 1970; a time that stands on many lines is read once.</summary>
internal sealed class TimeReader(DateTimeZone zone, LocalDate today)
{
    private const int Longest = 80;
    private const int MostMisses = 1000;

    private readonly LogTime _times = new(zone, today);
    private readonly byte[] _last = new byte[Longest];
    private readonly char[] _text = new char[Longest];
    private int _lastLength;
    private long _lastAt;
    private int _headLength;
    private int _misses;
    private long _dayAt;
    private int _day = -1;

    /// <summary>The time, or 0 where there is none that is known.</summary>
    public long Read(ReadOnlySpan<byte> text)
    {
        if (text.Length > Longest)
            text = text[..Longest];
        if (_lastLength > 0 && text.SequenceEqual(_last.AsSpan(0, _lastLength)))
            return _lastAt;
        Keep(text, Iso(text) ?? Slow(text));
        return _lastAt;
    }

    /// <summary>The time that a line begins with, in whatever way, or 0; a file of which the first lines show none isn't searched on.</summary>
    public long ReadHead(ReadOnlySpan<byte> line)
    {
        if (_misses > MostMisses)
            return 0;
        var head = line[..Math.Min(Longest, line.Length)];
        if (_headLength > 0 && _headLength <= head.Length && _lastLength == _headLength && head[.._headLength].SequenceEqual(_last.AsSpan(0, _lastLength)))
            return _lastAt;
        var at = _times.Read(_text.AsSpan(0, Encoding.Latin1.GetChars(head, _text)), out _headLength)?.ToUnixTimeMilliseconds() ?? 0;
        _misses = at == 0 ? _misses + 1 : 0;
        if (at != 0)
            Keep(head[.._headLength], at);
        return at;
    }

    /// <summary>The time that a field of that name holds: seconds to microseconds since 1970, or any text; 0 where it is none.</summary>
    public long OfJson(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return 0;
        if (!Utf8Parser.TryParse(text, out double number, out var length) || length != text.Length)
            return Read(text);
        return LogTime.FromEpoch(number >= 1e14 ? number / 1000 : number)?.ToUnixTimeMilliseconds() ?? 0;
    }

    private void Keep(ReadOnlySpan<byte> text, long at)
    {
        text.CopyTo(_last);
        (_lastLength, _lastAt) = (text.Length, at);
    }

    private long Slow(ReadOnlySpan<byte> text) => _times.Read(_text.AsSpan(0, Encoding.Latin1.GetChars(text, _text)), out _)?.ToUnixTimeMilliseconds() ?? 0;

    // 2026-11-22 01:02:03.456 without offset: the midnight of a day is looked up once. A day on which clocks change goes the slow way.
    private long? Iso(ReadOnlySpan<byte> text)
    {
        if (text.Length is < 19 or > 23 || text[4] is not ((byte)'-' or (byte)'/') || text[10] is not ((byte)' ' or (byte)'T') || text[13] != ':' || text[16] != ':' || text[^1] == 'Z')
            return null;
        var (date, hour, minute, second) = (Two(text, 0) * 1_000_000 + Two(text, 2) * 10_000 + Two(text, 5) * 100 + Two(text, 8), Two(text, 11), Two(text, 14), Two(text, 17));
        if (hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 60)
            return null;
        if (date != _day)
        {
            _day = -1;
            if (Midnight(date) is not { } midnight)
                return null;
            (_day, _dayAt) = (date, midnight);
        }
        return _dayAt + ((hour * 60L + minute) * 60 + second) * 1000;
    }

    private long? Midnight(int date)
    {
        var (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
        if (year is < 1970 or > 9000 || month is < 1 or > 12 || day < 1 || day > CalendarSystem.Iso.GetDaysInMonth(year, month))
            return null;
        var local = new LocalDate(year, month, day);
        var (from, to) = (local.AtStartOfDayInZone(zone), local.PlusDays(1).AtStartOfDayInZone(zone));
        return (to - from) == Duration.FromDays(1) ? from.ToInstant().ToUnixTimeMilliseconds() : null;
    }

    private static int Two(ReadOnlySpan<byte> text, int at)
    {
        var (tens, ones) = (text[at] - '0', text[at + 1] - '0');
        return (uint)tens > 9 || (uint)ones > 9 ? -10_000_000 : tens * 10 + ones;
    }
}
