using Upkeep.LogReading;

namespace Upkeep.Logs.Patterns;

/// <summary>Where and when a message stood.</summary>
/// <param name="Line">Counted from 1, through all files one after the other.</param>
/// <param name="At">Milliseconds since 1970, or 0 where the line bears no time.</param>
internal readonly record struct Sighting(long Line, long At, LogLevel Level = LogLevel.None);

/// <summary>What is counted of one shape, or of the shapes that make one template.</summary>
internal sealed class Tally(Token[] tokens, string example)
{
    private Dictionary<long, long>? _hours;
    private List<long>? _lines;
    private long _hour = -1;
    private long _inHour;

    public Token[] Tokens { get; } = tokens;

    public string Example { get; private set; } = example;

    public long Count { get; private set; }

    public long FirstLine { get; private set; } = long.MaxValue;

    public LogLevel Worst { get; private set; }

    public long FirstAt { get; private set; } = long.MaxValue;

    public long LastAt { get; private set; } = long.MinValue;

    public IReadOnlyList<long> Lines => _lines ?? [];

    /// <summary>By hour since 1970.</summary>
    public IReadOnlyDictionary<long, long> Hours
    {
        get
        {
            TakeHour(-1);
            return _hours ?? [];
        }
    }

    public void Add(Sighting seen, bool withLine)
    {
        Count++;
        FirstLine = Math.Min(FirstLine, seen.Line);
        if (seen.Level > Worst)
            Worst = seen.Level;
        if (withLine)
            (_lines ??= []).Add(seen.Line);
        if (seen.At == 0)
            return;
        FirstAt = Math.Min(FirstAt, seen.At);
        LastAt = Math.Max(LastAt, seen.At);
        var hour = seen.At / 3_600_000;
        if (hour != _hour)
            TakeHour(hour);
        _inHour++;
    }

    public void Add(Tally other)
    {
        if (other.FirstLine < FirstLine)
            Example = other.Example;
        Count += other.Count;
        Worst = (LogLevel)Math.Max((int)Worst, (int)other.Worst);
        FirstLine = Math.Min(FirstLine, other.FirstLine);
        FirstAt = Math.Min(FirstAt, other.FirstAt);
        LastAt = Math.Max(LastAt, other.LastAt);
        if (other._lines is not null)
            (_lines ??= []).AddRange(other._lines);
        TakeHour(-1);
        foreach (var (hour, count) in other.Hours)
            Put(hour, count);
    }

    private void TakeHour(long next)
    {
        if (_inHour > 0)
            Put(_hour, _inHour);
        (_hour, _inHour) = (next, 0);
    }

    // A clock gone wild must not fill the memory: beyond six weeks the hours are not told apart any more.
    private void Put(long hour, long count)
    {
        _hours ??= [];
        if (_hours.Count < 1000 || _hours.ContainsKey(hour))
            _hours[hour] = _hours.GetValueOrDefault(hour) + count;
    }
}
