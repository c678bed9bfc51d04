using System.Text;

namespace Upkeep.Host;

/// <summary>The line of sudoers(5) that lets a user run one program with exactly these arguments, as root and without a password.</summary>
public static class SudoersLine
{
    // What separates or stands for something there, and is taken literally behind a backslash.
    private const string Special = @"\,:=*?[]!""' #";

    public static string For(string user, string program, IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        // Without arguments any would do; "" allows none.
        var allowed = arguments.Count == 0 ? "\"\"" : string.Join(' ', arguments.Select(Escaped));
        return $"{Escaped(user)} ALL=(root) NOPASSWD: {Escaped(program)} {allowed}";
    }

    private static string Escaped(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = new StringBuilder();
        foreach (var letter in text)
        {
            if (Special.Contains(letter, StringComparison.Ordinal))
                line.Append('\\');
            line.Append(letter);
        }
        return line.ToString();
    }
}
