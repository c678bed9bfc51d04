using System.Globalization;
using System.Text;
using Upkeep.LogReading;

namespace Upkeep.Logs.Patterns;

/// <summary>A message taken apart, with everything masked that is a value by its look alone.</summary>
internal static class Shape
{
    // What follows in a longer message is no part of its identity.
    private const int MaxTokens = 200;

    public static Token[] Of(ReadOnlySpan<byte> message)
    {
        var tokens = EmptyValues(Split(Encoding.UTF8.GetString(message), MessageBytes.IsRequest(message)));
        if (tokens.Exists(token => token.Text == "="))
            tokens = NestedValues(tokens);
        Addresses(tokens);
        var joined = Joined(tokens).ToArray();
        return MessageBytes.IsRequest(message) ? WithStatus(joined, Encoding.UTF8.GetString(message)) : joined;
    }

    // The number of an answer is known by heart, and its words tell it from the others already.
    private static Token[] WithStatus(Token[] tokens, string message)
    {
        const string Before = " answered ";
        var at = message.LastIndexOf(Before, StringComparison.Ordinal);
        var place = Array.FindLastIndex(tokens, token => token.Text == Before.Trim()) + 1;
        if (at > 0 && place > 0 && place < tokens.Length && tokens[place].IsVariable && message.Length >= at + Before.Length + 3
            && int.TryParse(message.AsSpan(at + Before.Length, 3), CultureInfo.InvariantCulture, out var status) && HttpAnswer.IsNamed(status))
            tokens[place] = tokens[place] with { Text = status.ToString(CultureInfo.InvariantCulture) };
        return tokens;
    }

    private static List<Token> Split(string message, bool isRequest)
    {
        var tokens = new List<Token>();
        var space = false;
        bool IsMark(char letter) => MessageBytes.IsMark(letter) || isRequest && letter == '/';
        for (var at = 0; at < message.Length && tokens.Count < MaxTokens;)
        {
            var letter = message[at];
            var start = at;
            if (IsSpace(letter))
            {
                (space, at) = (true, at + 1);
                continue;
            }
            if (IsMark(letter))
                at++;
            else if (IsDots(message, at))
                at = PastDots(message, at);
            else
                while (at < message.Length && !IsSpace(message[at]) && !IsMark(message[at]) && !IsDots(message, at))
                    at++;
            Add(tokens, message.AsSpan(start, at - start), space && tokens.Count > 0);
            space = false;
        }
        return tokens;
    }

    private static void Add(List<Token> tokens, ReadOnlySpan<char> word, bool space)
    {
        if (word[0] == '.' && word.Length > 1 && word[1] == '.')
        {
            tokens.Add(new Token(".", space));
            return;
        }
        var bare = word.TrimEnd(".!?");
        if (bare.IsEmpty)
            bare = word[..1];
        tokens.Add(new Token(Masks.IsValue(bare) ? Token.Variable : bare.ToString(), space));
        if (bare.Length < word.Length)
            tokens.Add(new Token(word[^1].ToString(), false));
    }

    // "()", "key= " and a month before a day hold values too, if only empty ones.
    private static List<Token> EmptyValues(List<Token> tokens)
    {
        var full = new List<Token>(tokens.Count + 4);
        for (var at = 0; at < tokens.Count; at++)
        {
            var token = tokens[at];
            var before = at > 0 ? tokens[at - 1] : default;
            var bracketIsEmpty = at > 0 && token.Text is ")" or "]" or "}" && before.Text is "(" or "[" or "{" && (at == 1 || before.SpaceBefore) && !token.SpaceBefore;
            var keyIsEmpty = at > 0 && before.Text == "=" && token.SpaceBefore && !before.SpaceBefore;
            if (bracketIsEmpty || keyIsEmpty)
                full.Add(new Token(Token.Variable, false));
            full.Add(Masks.IsCalendar(token.Text) && (at + 1 == tokens.Count || tokens[at + 1].SpaceBefore || tokens[at + 1].Text == ",") ? token.Masked : token);
        }
        if (full.Count > 0 && full[^1].Text == "=")
            full.Add(new Token(Token.Variable, false));
        return full;
    }

    // key="…" and key=Word{…} are one value, whatever stands inside.
    private static List<Token> NestedValues(List<Token> tokens)
    {
        var flat = new List<Token>(tokens.Count);
        for (var at = 0; at < tokens.Count; at++)
        {
            flat.Add(tokens[at]);
            if (tokens[at].Text != "=" || EndOfValue(tokens, at + 1) is not { } end)
                continue;
            flat.Add(new Token(Token.Variable, tokens[at + 1].SpaceBefore));
            at = end;
        }
        return flat;
    }

    private static int? EndOfValue(List<Token> tokens, int start)
    {
        const int LongestQuoted = 24;
        if (start >= tokens.Count)
            return null;
        if (tokens[start].Text == "\"")
            return tokens.FindIndex(start + 1, Math.Min(LongestQuoted, tokens.Count - start - 1), token => token.Text == "\"") is >= 0 and var quote ? quote : null;
        var open = tokens[start].IsMark ? start : start + 1;
        if (open >= tokens.Count || tokens[open].Text != "{" || (open > start && tokens[open].SpaceBefore))
            return null;
        for (var (at, depth) = (open, 0); at < tokens.Count; at++)
        {
            depth += tokens[at].Text switch { "{" => 1, "}" => -1, _ => 0 };
            if (depth == 0)
                return at;
        }
        return null;
    }

    // The segments of MAC and IPv6 addresses that are letters only, and the host before a port.
    private static void Addresses(List<Token> tokens)
    {
        for (var at = 1; at < tokens.Count - 1; at++)
        {
            if (tokens[at].Text != ":")
                continue;
            if (tokens[at - 1].IsVariable && Masks.IsHexSegment(tokens[at + 1].Text))
                tokens[at + 1] = tokens[at + 1].Masked;
            if (tokens[at + 1].IsVariable && Masks.IsHexSegment(tokens[at - 1].Text))
                tokens[at - 1] = tokens[at - 1].Masked;
            if (tokens[at + 1].IsVariable && !tokens[at + 1].SpaceBefore && Masks.HasInnerDot(tokens[at - 1].Text) && (at == 1 || tokens[at - 1].SpaceBefore))
                tokens[at - 1] = tokens[at - 1].Masked;
        }
    }

    // A list of values is one value, so that its length does not matter; so is a number with its unit.
    private static List<Token> Joined(List<Token> tokens)
    {
        var joined = new List<Token>(tokens.Count);
        for (var at = 0; at < tokens.Count; at++)
        {
            var token = tokens[at];
            if (joined.Count > 0 && joined[^1].IsVariable && Masks.IsUnit(token.Text))
                continue;
            if (token.IsVariable)
                token = token with { SpaceBefore = Swallow(joined, tokens, at) };
            joined.Add(token);
        }
        return joined;
    }

    // Takes away what stands before a value and belongs to it; tells whether a space stood before that.
    private static bool Swallow(List<Token> joined, List<Token> tokens, int at)
    {
        var space = tokens[at].SpaceBefore;
        while (joined.Count > 0)
        {
            var take = joined[^1].IsVariable ? 1
                : joined.Count > 1 && joined[^1].Text is ":" or "," or ";" or "." or "|" or "#" or "+" or "-" && joined[^2].IsVariable ? 2
                : joined[^1].Text == "<" && !Closes(tokens, at) ? 1
                : 0;
            if (take == 0)
                break;
            space = joined[^take].SpaceBefore;
            joined.RemoveRange(joined.Count - take, take);
        }
        return space;
    }

    private static bool Closes(List<Token> tokens, int at) => tokens.Skip(at + 1).Take(2).Any(token => token.Text == ">");

    private static bool IsSpace(char letter) => letter is ' ' or '\t' or '\r' or '\n' or '\v' or '\f' or '\0';

    private static bool IsDots(string message, int at) =>
        message[at] == '.' && ((at + 1 < message.Length && message[at + 1] == '.') || (at > 0 && message[at - 1] == '.'));

    private static int PastDots(string message, int at)
    {
        while (at < message.Length && message[at] == '.')
            at++;
        return at;
    }
}
