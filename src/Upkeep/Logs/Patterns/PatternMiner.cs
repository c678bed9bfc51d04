using System.Text;

namespace Upkeep.Logs.Patterns;

/// <summary>
/// Groups messages into templates. While reading, only shapes are counted (one look-up a message); <see cref="Templates"/> decides at the
/// end, over the counts, which words are values, so that the order of the messages does not matter.
/// </summary>
internal sealed class PatternMiner(bool withLines, int maxShapes = PatternMiner.MaxShapes)
{
    public const int MaxShapes = 50_000;
    private const int MaxKnown = 4 * MaxShapes;
    private const int LongestExample = 1000;
    private const int LongestMessage = 8 << 10;
    // A shape too many is told by its beginning only.
    private const int TokensOfOverflow = 2;

    private readonly Dictionary<ulong, Tally> _known = [];
    private readonly Dictionary<string, Tally> _shapes = new(StringComparer.Ordinal);
    private readonly List<Tally> _overflow = [];
    private Tally? _last;
    private ulong _lastHash;

    public long Messages { get; private set; }

    /// <summary>Messages that came after the room for shapes was full, and are grouped by their first words only.</summary>
    public long Overflow => _overflow.Sum(tally => tally.Count);

    public void Add(ReadOnlySpan<byte> message, Sighting seen)
    {
        Messages++;
        if (message.Length > LongestMessage)
            message = message[..LongestMessage];
        message = message.Trim((ReadOnlySpan<byte>)" \t\r\n\v\f\0"u8);
        var hash = MessageBytes.Hash(message);
        if (hash != _lastHash || _last is null)
        {
            if (!_known.TryGetValue(hash, out _last))
                _known[hash] = _last = ShapeOf(message);
            _lastHash = hash;
        }
        _last.Add(seen, withLines);
    }

    /// <summary>Every template, the most frequent first.</summary>
    public IReadOnlyList<Template> Templates()
    {
        var made = new Dictionary<string, (Token[] Tokens, Tally Tally)>(StringComparer.Ordinal);
        foreach (var alike in _shapes.Values.OrderBy(tally => Key(tally.Tokens), StringComparer.Ordinal).GroupBy(tally => Skeleton(tally.Tokens), StringComparer.Ordinal))
        {
            foreach (var (members, values) in Columns.Split([.. alike]))
                Collect(made, members, values);
        }
        return [.. made.Values.Select(one => Template.Of(one.Tokens, one.Tally)).OrderByDescending(template => template.Count).ThenByDescending(template => template.Worst).ThenBy(template => template.FirstLine)];
    }

    private static void Collect(Dictionary<string, (Token[] Tokens, Tally Tally)> made, IReadOnlyList<Tally> members, IReadOnlySet<int> values)
    {
        Token[] tokens = [.. members[0].Tokens.Select((token, at) => values.Contains(at) ? token.Masked : token)];
        var key = Key(tokens);
        if (!made.TryGetValue(key, out var template))
            made[key] = template = (tokens, new Tally(tokens, ""));
        foreach (var member in members)
            template.Tally.Add(member);
    }

    private Tally ShapeOf(ReadOnlySpan<byte> message)
    {
        // Only a short cut to the shapes: emptied, it fills again.
        if (_known.Count >= MaxKnown)
            _known.Clear();
        var tokens = Shape.Of(message);
        var key = Key(tokens);
        if (_shapes.TryGetValue(key, out var tally))
            return tally;
        if (_shapes.Count >= maxShapes)
        {
            tokens = [.. tokens.Take(TokensOfOverflow).Select((token, at) => at == 0 && _shapes.Count < 2 * maxShapes ? token : token.Masked)];
            key = Key(tokens);
            if (_shapes.TryGetValue(key, out tally))
                return tally;
            _overflow.Add(_shapes[key] = tally = New(tokens, message));
            return tally;
        }
        return _shapes[key] = New(tokens, message);
    }

    private static Tally New(Token[] tokens, ReadOnlySpan<byte> message) => new(tokens, Encoding.UTF8.GetString(message[..Math.Min(LongestExample, message.Length)]));

    private static string Key(Token[] tokens) => string.Join('\n', tokens.Select(token => token.Text));

    // Shapes are compared word by word only where their marks are the same.
    private static string Skeleton(Token[] tokens) => string.Concat(tokens.Select(token => token.IsMark ? token.Text : "\n"));
}
