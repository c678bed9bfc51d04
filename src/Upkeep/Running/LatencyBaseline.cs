namespace Upkeep.Running;

/// <summary>
/// What a latency usually is: the median of the first samples, then an exponentially weighted mean that only calm samples move, so that
/// the load which we make ourselves never becomes the usual.
/// </summary>
public sealed class LatencyBaseline
{
    internal const int Warmup = 9;
    private const double Weight = 0.02;

    private readonly List<double> _first = [];
    private double? _usual;

    /// <summary>Null until enough samples are in.</summary>
    public TimeSpan? Usual => _usual is { } usual ? TimeSpan.FromMilliseconds(usual) : null;

    /// <param name="calm">Whether the sample was taken while nothing was over a limit.</param>
    public void Add(TimeSpan latency, bool calm)
    {
        var value = latency.TotalMilliseconds;
        if (_usual is { } usual)
        {
            if (calm)
                _usual = usual + (Weight * (value - usual));
            return;
        }
        _first.Add(value);
        if (_first.Count == Warmup)
            _usual = _first.Order().ElementAt(Warmup / 2);
    }
}
