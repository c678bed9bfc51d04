using System.Text;

namespace Upkeep.Host;

/// <summary>Lines for <c>/etc/sudoers.d</c> that allow one command and no other (sudoers(5)).</summary>
public static class Sudoers
{
    /// <summary>A command with exactly these arguments.</summary>
    public static string Line(string user, IReadOnlyList<string> command)
    {
        ArgumentNullException.ThrowIfNull(command);
        // Without arguments any would do; "" allows none.
        var allowed = command.Count == 1 ? "\"\"" : string.Join(' ', command.Skip(1).Select(Escaped));
        return $"{Escaped(user)} ALL=(root) NOPASSWD: {Escaped(command[0])} {allowed}";
    }

    /// <summary>A command whose arguments, with one space between, fit a POSIX extended regular expression (sudo 1.9.10 and newer).</summary>
    /// <param name="arguments">Those before the part that varies.</param>
    /// <param name="rest">The expression for the rest.</param>
    public static string Line(string user, string program, IReadOnlyList<string> arguments, string rest)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return $"{Escaped(user)} ALL=(root) NOPASSWD: {Escaped(program)} ^{string.Join(' ', arguments.Select(Literal))} {rest}$";
    }

    // These mean something to sudoers itself. Quotes don't, in a command, and it takes no backslash before them.
    private static string Escaped(string argument) => With(argument, @",:=\*?[]! #");

    private static string Literal(string argument) => With(argument, @".[]{}()*+?^$|\");

    private static string With(string text, string special)
    {
        var escaped = new StringBuilder();
        foreach (var one in text)
        {
            if (special.Contains(one, StringComparison.Ordinal))
                escaped.Append('\\');
            escaped.Append(one);
        }
        return escaped.ToString();
    }
}
