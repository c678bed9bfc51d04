using System.Text;

namespace Upkeep.LogReading;

/// <summary>
/// Learns a <see cref="HeadLayout"/> from sample lines. A field belongs to the head where nearly every line has the same kind of thing in
/// it: a time, a level, a number right after those; and whatever stands before such a field.
/// </summary>
internal sealed class HeadLearner
{
    private const int MaxFields = 14;
    private const double NearlyAll = 0.9;
    private const double Most = 0.7;
    private const double Dated = 0.25;
    // Node, facility and component may stand between a time and a level.
    private const int LongestGap = 3;

    private readonly List<string> _lines;
    private readonly List<Field[]> _fields;
    private readonly FieldKind[][] _kinds;

    private HeadLearner(List<string> lines)
    {
        _lines = lines;
        _fields = [.. lines.Select(FieldsOf)];
        _kinds = [.. lines.Select((line, number) => _fields[number].Select(field => Field.KindOf(Encoding.Latin1.GetBytes(line[field.Start..field.End]))).ToArray())];
    }

    /// <param name="lines">As Latin-1, so that a place in the text is a place in the bytes.</param>
    public static HeadLayout Learn(IReadOnlyList<string> lines)
    {
        // What is indented goes on with the line before it.
        var heads = lines.Where(line => line.Length > 0 && !char.IsWhiteSpace(line[0])).ToList();
        // So does an exception's own line, which isn't indented: where many lines begin with a time, those that don't have no head.
        var dated = heads.Where(BeginsWithTime).ToList();
        if (dated.Count >= Dated * heads.Count)
            heads = dated;
        if (heads.Count == 0)
            return new HeadLayout();
        return Bars(heads) ?? new HeadLearner(heads).Learn();
    }

    private static bool BeginsWithTime(string line) =>
        Encoding.Latin1.GetBytes(line) is var bytes && Field.TryNext(bytes, 0, out var first) && Field.KindOf(bytes.AsSpan(first.Start, first.End - first.Start)) == FieldKind.Time;

    private static HeadLayout? Bars(List<string> lines)
    {
        if (lines.Count(line => line.IndexOf('|') is > 0 and var bar && line.IndexOf('|', bar + 1) is > 0 and var second && !line.AsSpan(0, second).Contains("| ", StringComparison.Ordinal)) < NearlyAll * lines.Count)
            return null;
        var counts = lines.Select(line => line.Count(letter => letter == '|')).Order().ToList();
        var bars = Math.Max(2, counts[counts.Count / 50]);
        var fields = lines.Select(line => line.Split('|').Take(bars).Where(field => field.Length > 0).Select(field => Field.KindOf(Encoding.Latin1.GetBytes(field.Trim()))).ToArray()).ToList();
        int Find(FieldKind kind) => Enumerable.Range(0, bars).FirstOrDefault(number => fields.Count(field => field.Length > number && field[number] == kind) >= NearlyAll * fields.Count, -1);
        return new HeadLayout { Bars = bars, TimeFrom = Find(FieldKind.Time), TimeTo = Find(FieldKind.Time), LevelField = Find(FieldKind.Level) };
    }

    private HeadLayout Learn()
    {
        var (end, times, level) = Measured();
        var hasTag = false;
        if (end > 0)
        {
            if (IsSyslog(end))
                end++;
            while (end < MaxFields && !hasTag)
            {
                if (Is(end, FieldKind.Bracket, 0.95) || Is(end, FieldKind.Dash, 0.95) || Is(end, FieldKind.Dotted, 0.95) || IsAligned(end))
                    end++;
                else if (Is(end, FieldKind.Tag, 0.3) && Share(end, FieldKind.Tag) + Share(end, FieldKind.Bracket) >= Most)
                    hasTag = true;
                else if (Is(end + 1, FieldKind.Tag, Most))
                    (end, hasTag) = (end + 1, true);
                else
                    break;
            }
        }
        var hasDash = end > 0 && _fields.Zip(_kinds).Count(line => line.Second.Skip(end).Take(4).Contains(FieldKind.Dash)) >= NearlyAll * _lines.Count;
        return new HeadLayout { Fields = end, LevelField = level, TimeFrom = times.Count > 0 ? times[0] : -1, TimeTo = times.Count > 0 ? LastOfTime(times) : -1, HasTag = hasTag, HasDash = hasDash };
    }

    private (int End, List<int> Times, int Level) Measured()
    {
        var (end, gap, level, times) = (0, 0, -1, new List<int>());
        for (var number = 0; number < MaxFields && gap <= LongestGap; number++)
        {
            var isTime = Is(number, FieldKind.Time, NearlyAll);
            if (isTime || Is(number, FieldKind.Level, NearlyAll))
            {
                if (isTime)
                    times.Add(number);
                else if (level < 0)
                    level = number;
                (end, gap) = (number + 1, 0);
            }
            else if (end == number && Is(number, FieldKind.Number, NearlyAll))
                end = number + 1;
            else
                gap++;
        }
        // A number alone makes no head: every message may begin with one.
        return times.Count == 0 && level < 0 ? (0, times, level) : (end, times, level);
    }

    // "Jun 14 15:16:01": the day is a number among times.
    private static int LastOfTime(List<int> times)
    {
        var last = times[0];
        foreach (var time in times.Skip(1))
        {
            if (time - last > 2)
                break;
            last = time;
        }
        return last;
    }

    // Month, day, time, and then the host, whatever it is called (RFC 3164).
    private bool IsSyslog(int end) => end >= 3
        && _fields.Select((fields, line) => fields.Length > end - 3 && Field.IsCalendar(_lines[line].AsSpan(fields[end - 3].Start, fields[end - 3].End - fields[end - 3].Start))).Count(isMonth => isMonth) > NearlyAll * _lines.Count;

    // Columns set with spaces.
    private bool IsAligned(int number) =>
        _fields.Where((fields, line) => fields.Length > number + 1 && fields[number + 1].Start - fields[number].End >= 2).Count() >= NearlyAll * _lines.Count;

    private bool Is(int number, FieldKind kind, double share) => Share(number, kind) >= share;

    private double Share(int number, FieldKind kind) => (double)_kinds.Count(kinds => kinds.Length > number && kinds[number] == kind) / _lines.Count;

    private static Field[] FieldsOf(string line)
    {
        var bytes = Encoding.Latin1.GetBytes(line);
        var fields = new List<Field>();
        while (fields.Count < MaxFields + 2 && Field.TryNext(bytes, fields.Count == 0 ? 0 : fields[^1].End, out var field))
            fields.Add(field);
        return [.. fields];
    }
}
