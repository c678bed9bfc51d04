using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using Upkeep.LogReading;

namespace Upkeep.Logs.Patterns;

/// <summary>A message with its values masked, and what was counted of it.</summary>
/// <param name="Id">From the template's words and marks alone: the same template has the same id in every file and week.</param>
/// <param name="Text">For people, for example <c>connection from &lt;*&gt; refused</c>.</param>
/// <param name="Hours">Lines by hour since 1970.</param>
/// <param name="Example">The first message of it, as it stood there: clean it before it is shown.</param>
public sealed record Template(string Id, string Text, long Count, long FirstLine, IReadOnlyDictionary<long, long> Hours, string Example)
{
    public required DateTimeOffset? FirstSeen { get; init; }
    public required DateTimeOffset? LastSeen { get; init; }
    /// <summary>The worst level of its messages, where levels were looked at.</summary>
    public required LogLevel Worst { get; init; }
    /// <summary>Only where they were asked for, in order.</summary>
    public required IReadOnlyList<long> Lines { get; init; }

    internal static Template Of(Token[] tokens, Tally tally)
    {
        var identity = string.Join('\n', tokens.Select(token => token.Text));
        var id = XxHash64.HashToUInt64(MemoryMarshal.AsBytes(identity.AsSpan())).ToString("x16", CultureInfo.InvariantCulture);
        return new Template(id, TextOf(tokens), tally.Count, tally.FirstLine, tally.Hours, tally.Example)
        {
            FirstSeen = tally.FirstAt == long.MaxValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(tally.FirstAt),
            LastSeen = tally.LastAt == long.MinValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(tally.LastAt),
            Worst = tally.Worst,
            Lines = [.. tally.Lines.Order()],
        };
    }

    private static string TextOf(Token[] tokens)
    {
        var text = new StringBuilder();
        foreach (var token in tokens)
        {
            if (token.SpaceBefore && text.Length > 0)
                text.Append(' ');
            text.Append(token.Text);
        }
        return text.ToString();
    }
}
