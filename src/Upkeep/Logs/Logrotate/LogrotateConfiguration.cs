using System.Text.RegularExpressions;

namespace Upkeep.Logs.Logrotate;

/// <summary>The patterns of logs in logrotate's configuration, as logrotate reads it: a main file and what it includes.</summary>
internal static partial class LogrotateConfiguration
{
    // One that includes itself ends there.
    private const int DeepestInclude = 5;

    // Of those that logrotate passes over in an included folder, the ones that package managers and editors leave.
    private static readonly string[] _passedOver = ["~", ",v", ".bak", ".cfsaved", ".disabled", ".dpkg-bak", ".dpkg-del", ".dpkg-dist", ".dpkg-new", ".dpkg-old", ".new", ".old", ".orig", ".rpmnew", ".rpmorig", ".rpmsave", ".swp", ".ucf-dist", ".ucf-new", ".ucf-old"];

    /// <returns>The patterns in order; nothing of files that aren't there or can't be read.</returns>
    public static IReadOnlyList<LogrotatePattern> Read(string file) => [.. Read(file, 0)];

    private static IEnumerable<LogrotatePattern> Read(string file, int depth)
    {
        if (depth > DeepestInclude || Lines(file) is not { } lines)
            yield break;
        var (inBlock, inScript) = (false, false);
        var pending = new List<LogrotatePattern>();
        for (var number = 0; number < lines.Length; number++)
        {
            var line = lines[number].Trim();
            if (inScript)
                inScript = line != "endscript";
            else if (inBlock)
                (inScript, inBlock) = (Script().IsMatch(line), !line.StartsWith('}'));
            else if (line.StartsWith("include ", StringComparison.Ordinal) || line.StartsWith("include\t", StringComparison.Ordinal))
            {
                foreach (var pattern in Included(line["include".Length..].Trim().Trim('"')).SelectMany(included => Read(included, depth + 1)))
                    yield return pattern;
            }
            else if (line is ['/' or '"' or '\'' or '~' or '{', ..])
            {
                var patterns = line.Split('{')[0];
                pending.AddRange(Words().Matches(patterns).Select(word => new LogrotatePattern(word.Value.Trim('"', '\''), file, number + 1)));
                if (patterns.Length == line.Length)
                    continue;
                inBlock = !line.EndsWith('}');
                foreach (var pattern in pending)
                    yield return pattern;
                pending.Clear();
            }
        }
    }

    private static IEnumerable<string> Included(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path).Where(file => !_passedOver.Any(ending => file.EndsWith(ending, StringComparison.Ordinal))).Order(StringComparer.Ordinal)
        : [path];

    private static string[]? Lines(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllLines(file) : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^(prerotate|postrotate|firstaction|lastaction|preremove)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Script();

    [GeneratedRegex("\"[^\"]*\"|'[^']*'|\\S+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}

/// <summary>A pattern of logs that logrotate rotates.</summary>
/// <param name="File">The file that names it.</param>
internal sealed record LogrotatePattern(string Pattern, string File, int Line)
{
    /// <summary>As the shell takes it: <c>*</c>, <c>?</c> and <c>[…]</c> stand for anything but a slash.</summary>
    public bool Matches(string path)
    {
        var expression = Regex.Escape(Pattern).Replace(@"\*", "[^/]*", StringComparison.Ordinal).Replace(@"\?", "[^/]", StringComparison.Ordinal).Replace(@"\[!", "[^", StringComparison.Ordinal).Replace(@"\[", "[", StringComparison.Ordinal);
        try
        {
            return Regex.IsMatch(path, $"^{expression}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (ArgumentException)
        {
            return Pattern == path;
        }
    }
}
