namespace SceneScout.Seeding;

/// <summary>
/// The last <see cref="SeedPlan.Days"/> days as people live them: busy evenings, empty nights, fuller week-ends, slow growth. Hands out
/// instants in rising order, as a log table is written.
/// </summary>
public sealed class Timeline
{
    // Relative load per hour of the day: visitors come after work.
    private static readonly double[] _people = [3, 2, 1, 1, 1, 1, 2, 4, 6, 7, 8, 9, 11, 10, 9, 9, 10, 13, 17, 20, 19, 15, 10, 6];

    // Ingestion runs round the clock with a heavy batch every six hours.
    private static readonly double[] _machines = [12, 3, 2, 2, 2, 2, 12, 3, 2, 2, 2, 2, 12, 3, 2, 2, 2, 2, 12, 3, 2, 2, 2, 2];

    private readonly DateTime _start;
    private readonly double[] _cumulative;

    private Timeline(DateTimeOffset now, double[] hours, double weekendFactor)
    {
        const int buckets = SeedPlan.Days * 24;
        _start = now.UtcDateTime.AddHours(-buckets);
        _cumulative = new double[buckets];
        var sum = 0.0;
        for (var bucket = 0; bucket < buckets; bucket++)
        {
            var hour = _start.AddHours(bucket);
            var weekend = hour.DayOfWeek is DayOfWeek.Friday or DayOfWeek.Saturday ? weekendFactor : 1;
            var growth = 1 + (0.2 * bucket / buckets);
            sum += hours[hour.Hour] * weekend * growth;
            _cumulative[bucket] = sum;
        }
    }

    public static Timeline OfPeople(DateTimeOffset now) => new(now, _people, 1.4);

    public static Timeline OfMachines(DateTimeOffset now) => new(now, _machines, 1);

    /// <summary>The instant of row <paramref name="row"/> of <paramref name="rows"/>, in UTC, to the microsecond; never before that of an earlier row.</summary>
    public DateTime InOrder(int row, int rows, Random chance) => At((row + chance.NextDouble()) / rows);

    /// <summary>Any instant of the timeline.</summary>
    public DateTime Any(Random chance) => At(chance.NextDouble());

    private DateTime At(double share)
    {
        var weight = share * _cumulative[^1];
        var found = Array.BinarySearch(_cumulative, weight);
        var bucket = Math.Min(found < 0 ? ~found : found + 1, _cumulative.Length - 1);
        var before = bucket == 0 ? 0 : _cumulative[bucket - 1];
        var within = Math.Clamp((weight - before) / (_cumulative[bucket] - before), 0, 0.999_999);
        var ticks = _start.AddHours(bucket).Ticks + (long)(within * TimeSpan.TicksPerHour);
        return new DateTime(ticks - (ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);
    }
}
