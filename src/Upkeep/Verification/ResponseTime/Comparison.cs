using System.Text.Json.Serialization;

namespace Upkeep.Verification.ResponseTime;

/// <summary>What two latency distributions say of each other.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Change>))]
public enum Change { NotEnoughToTell, NoDifferenceBeyondNoise, SmallDifference, Slower, Faster }

/// <summary>Two latency distributions of one endpoint, compared.</summary>
/// <param name="ShiftMs">Hodges–Lehmann shift, after − before; null where there are too few samples.</param>
public sealed record Comparison(string Endpoint, Change Change, double? BeforeP50Ms, double? AfterP50Ms, double? ShiftMs, double? LowMs, double? HighMs, double? P)
{
    /// <summary>Fewer samples on either side tell nothing at our level: the smallest possible p is then too large, and the approximation too rough.</summary>
    public const int EnoughSamples = 12;

    // One false alarm in a hundred runs, however many endpoints there are.
    private const double FalseAlarms = 0.01;

    // What a timer, a scheduler or a cache line can make of a request that takes no time at all.
    private const double FloorMs = 1;

    /// <summary>Slower or faster only when ranks, size and confidence agree: p below the level, a median shift of at least the share and the floor.</summary>
    /// <param name="share">The least share of the median before that counts.</param>
    /// <param name="endpoints">How many comparisons the run makes: the level is divided among them (Bonferroni).</param>
    public static Comparison Of(string endpoint, IReadOnlyList<double> before, IReadOnlyList<double> after, double share, int endpoints)
    {
        var (first, second) = (Http.Latency.Of(before)?.P50, Http.Latency.Of(after)?.P50);
        if (before.Count < EnoughSamples || after.Count < EnoughSamples)
            return new Comparison(endpoint, Change.NotEnoughToTell, first, second, null, null, null, null);
        var level = FalseAlarms / Math.Max(1, endpoints);
        var test = RankTest.Of(before, after, level);
        var certain = test.P < level && (test.Low > 0 || test.High < 0);
        var large = Math.Abs(test.Shift) >= Math.Max(FloorMs, share * first!.Value);
        var change = (certain, large) switch
        {
            (false, _) => Change.NoDifferenceBeyondNoise,
            (true, false) => Change.SmallDifference,
            _ => test.Shift > 0 ? Change.Slower : Change.Faster,
        };
        return new Comparison(endpoint, change, first, second, test.Shift, test.Low, test.High, test.P);
    }
}

/// <summary>What the step saw.</summary>
/// <param name="Fresh">The probes of this step.</param>
/// <param name="Compared">One comparison for each endpoint that could be compared.</param>
public sealed record ResponseTimeSurvey(IReadOnlyList<Http.EndpointHealth> Fresh, IReadOnlyList<Comparison> Compared);
