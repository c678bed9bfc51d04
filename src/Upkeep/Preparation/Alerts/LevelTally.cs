using System.Text.RegularExpressions;
using Upkeep.Redaction;

namespace Upkeep.Preparation.Alerts;

/// <summary>Counts one level and keeps a few different messages.</summary>
internal sealed partial class LevelTally
{
    private const int MaxSamples = 5;
    private const int SampleLength = 300;

    private readonly HashSet<string> _shapes = [];
    private readonly List<string> _samples = [];
    private long _count;
    private DateTimeOffset? _first;
    private DateTimeOffset? _last;

    public LevelCount Result => new(_count, _first, _last, [.. _samples]);

    public void Add(DateTimeOffset? at, string message)
    {
        _count++;
        _first = at < _first || _first is null ? at ?? _first : _first;
        _last = at > _last || _last is null ? at ?? _last : _last;
        if (_samples.Count == MaxSamples)
            return;
        var sample = SecretShapes.Clean(message, SampleLength);
        if (_shapes.Add(Digits().Replace(sample, "0")))
            _samples.Add(sample);
    }

    // Two lines that differ in numbers only (times, ids) are one message.
    [GeneratedRegex(@"\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();
}
