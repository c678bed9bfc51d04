using System.Text.RegularExpressions;

namespace Upkeep.Configuration.Validation;

internal static class LogValidator
{
    public static IEnumerable<Objection> Check(LogSettings logs)
    {
        if (logs.Keep == TimeSpan.Zero)
            yield return new Objection("keep", "0 would remove every archive", "Write how old an archive may become, for example 30 days.");
        for (var index = 0; index < logs.Masks.Count; index++)
        {
            if (Wrong(logs.Masks[index]) is { } wrong)
                yield return new Objection($"masks[{index}]", $"'{logs.Masks[index]}' is no regular expression: {wrong}", "Write what varies, for example 'order [A-Z]{2}\\d+'; it may not look back or ahead.");
        }
        for (var index = 0; index < logs.Files.Count; index++)
        {
            // Incomplete ones are told already.
            if (logs.Files[index].Path is null)
                continue;
            foreach (var objection in OfFile(logs, index))
                yield return objection;
        }
    }

    private static IEnumerable<Objection> OfFile(LogSettings logs, int index)
    {
        var (file, at) = (logs.Files[index], $"files[{index}]");
        if (logs.Files.Take(index).Any(earlier => earlier.Path == file.Path))
            yield return new Objection($"{at}.path", $"an earlier entry is for {file.Path}", "Name each log once.");
        else if (logs.Archives is not null && !Path.GetFileName(file.Path).AsSpan().ContainsAny('*', '?') && logs.Files.Take(index).FirstOrDefault(earlier => earlier.Path is not null && Path.GetFileName(earlier.Path) == Path.GetFileName(file.Path)) is { } other)
            yield return new Objection($"{at}.path", $"{other.Path} has the same name, and both have their archives in {logs.Archives}, where nobody could tell them apart", "Give one of the logs another name, or leave archives: out, so that each log's are beside it.");
        if (Path.GetDirectoryName(file.Path) is { } folder && folder.AsSpan().IndexOfAny('*', '?') >= 0)
            yield return new Objection($"{at}.path", $"'{file.Path}' has a * or ? in a folder's name", "Only the last part may be a pattern: name each folder on its own.");
        if (file.Way == LogWay.Rename && file.Reopen is null)
            yield return new Objection($"{at}.way", "a renamed log needs a writer that opens the new one, and nothing says how it is told", "Write reopen: with a signal, a command or a unit.");
        if (file.Way is LogWay.Collapse or LogWay.Truncate && file.Reopen is not null)
            yield return new Objection($"{at}.reopen", $"nobody reopens a log that is rotated by {file.Way.ToString().ToLowerInvariant()}", "Take it out, or write way: rename.", $"{at}.way");
        if (file.Reopen is { } reopen)
        {
            var ways = (reopen.Signal is null ? 0 : 1) + (reopen.Command.Count == 0 ? 0 : 1) + (reopen.Unit is null ? 0 : 1);
            if (ways != 1)
                yield return new Objection($"{at}.reopen", ways == 0 ? "it doesn't say how the writer is told" : "it says more than one way", "Write one of signal: USR1, command: [program, argument] and unit: name.service.");
            if (reopen.PidFile is not null && reopen.Signal is null)
                yield return new Objection($"{at}.reopen.pidFile", "only a signal needs a process", "Write signal: as well, or take it out.");
        }
    }

    // NonBacktracking: a mask is run over every new message, and one that goes back exponentially would stop the window.
    private static string? Wrong(string mask)
    {
        try
        {
            return Regex.IsMatch("", mask, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant) ? "it matches nothing at all, which is everywhere" : null;
        }
        catch (Exception problem) when (problem is ArgumentException or NotSupportedException)
        {
            return problem.Message;
        }
    }
}
