using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Upkeep.Configuration.Reading;

/// <summary>
/// Text to nodes. The parser's events are read directly, because the library's own tree refuses a double key at once where every
/// problem is to be told together, and because aliases (which can make a small file endless) stay out.
/// </summary>
internal sealed class YamlReader
{
    private const int MaxDepth = 32;
    private readonly Parser _parser;

    private YamlReader(string text) => _parser = new Parser(new StringReader(text));

    /// <returns>The document's root, or null where the file holds no document.</returns>
    /// <exception cref="YamlReadException">Not the YAML we take; with line and hint.</exception>
    public static YamlNode? Read(string text)
    {
        try
        {
            return new YamlReader(text).Document();
        }
        catch (YamlException problem)
        {
            throw Explain(problem, text);
        }
    }

    private YamlNode? Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
            return null;
        _parser.Consume<DocumentStart>();
        var root = Node(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
            throw new YamlReadException((int)second.Start.Line, "The file holds a second document ('---').", "Keep one configuration to a file.");
        return root is YamlScalar { IsNull: true } ? null : root;
    }

    private YamlNode Node(int depth)
    {
        var next = _parser.Consume<ParsingEvent>();
        var line = (int)next.Start.Line;
        if (depth > MaxDepth)
            throw new YamlReadException(line, $"Nested deeper than {MaxDepth} levels.", "Look for a bracket or an indentation that isn't meant.");
        return next switch
        {
            Scalar scalar => new YamlScalar(line, scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => new YamlList(line, Items(depth)),
            MappingStart => new YamlMap(line, Entries(depth)),
            _ => throw new YamlReadException(line, "Anchors and aliases ('*name') aren't read.", "Write the value out where it is used."),
        };
    }

    private List<YamlNode> Items(int depth)
    {
        var items = new List<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(Node(depth + 1));
        return items;
    }

    private List<YamlEntry> Entries(int depth)
    {
        var entries = new List<YamlEntry>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = Node(depth + 1) as YamlScalar
                ?? throw new YamlReadException((int)(_parser.Current?.Start.Line ?? 0), "A key is a list or a map.", "Write a word before the colon.");
            entries.Add(new YamlEntry(key.Text, key.Line, Node(depth + 1)));
        }
        return entries;
    }

    private static YamlReadException Explain(YamlException problem, string text)
    {
        var line = (int)Math.Max(1, problem.Start.Line);
        var lines = text.Split('\n');
        var tab = Array.FindIndex(lines, each => each.TrimStart(' ').StartsWith('\t') && each.Trim().Length > 0);
        if (tab >= 0 && tab + 1 <= line + 1)
            return new YamlReadException(tab + 1, "A tab is used for indentation, which YAML forbids.", "Indent with spaces.");
        // The library's own message repeats no value, but also starts with positions that ours has already.
        var message = problem.Message;
        if (message.LastIndexOf("): ", StringComparison.Ordinal) is >= 0 and var end)
            message = message[(end + 3)..];
        return new YamlReadException(line, $"Not valid YAML: {message.TrimEnd('.')}.",
            "Look at this line and the one before: indentation, a missing space after a colon, an open quote or bracket; values with ': ' or ' #' need quotes.");
    }
}

internal sealed class YamlReadException(int line, string message, string hint) : Exception(message)
{
    public int Line { get; } = line;
    public string Hint { get; } = hint;
}
