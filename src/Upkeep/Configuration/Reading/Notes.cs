using System.Text.RegularExpressions;

namespace Upkeep.Configuration.Reading;

/// <summary>What reading a file brought to light, besides the records.</summary>
internal sealed partial class Notes(string file)
{
    private readonly List<ConfigurationProblem> _problems = [];

    /// <summary>All problems in the order of the file.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems => [.. _problems.OrderBy(problem => problem.Line ?? 0)];

    /// <summary>Values for the redactor.</summary>
    public List<string?> Secrets { get; } = [];

    /// <summary>The line of each path that stands in the file.</summary>
    public Dictionary<string, int> Lines { get; } = new(StringComparer.Ordinal);

    /// <summary>Paths whose value couldn't be read and kept its default.</summary>
    public HashSet<string> Failed { get; } = new(StringComparer.Ordinal);

    /// <summary>Records in which nothing required is missing, with their paths.</summary>
    public List<(object Record, string Path)> Complete { get; } = [];

    public void Add(int? line, string path, string message, string hint, bool failed = false)
    {
        _problems.Add(new ConfigurationProblem(file, line, Mask(path), Mask(message), Mask(hint)));
        if (failed)
            Failed.Add(path);
    }

    /// <summary>The line of a path, or of the nearest one above it that stands in the file.</summary>
    public int? LineOf(string path)
    {
        for (; path.Length > 0; path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))])
        {
            if (Lines.TryGetValue(path, out var line))
                return line;
        }
        return null;
    }

    // A mistyped line can put a password where a key or a word is shown.
    private static string Mask(string text) => PasswordInUrl().Replace(PasswordPair().Replace(text, "$1=*****"), "$1*****@");

    [GeneratedRegex(@"(://[^\s:/@]*:)[^\s@]+@", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PasswordInUrl();

    [GeneratedRegex(@"(password|sslpassword)\s*=\s*('[^']*'|[^\s;&]+)", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PasswordPair();
}
