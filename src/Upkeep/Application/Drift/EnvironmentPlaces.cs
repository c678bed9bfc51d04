using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Processes;

namespace Upkeep.Application.Drift;

/// <summary>Looks at every place that gives the platform its environment, and takes from each the names and what is wrong with a value.</summary>
internal sealed partial class EnvironmentPlaces(ApplicationSettings settings, ProgramDoor programs, IReadOnlyCollection<string> needed)
{
    private readonly ValueJudge _judge = new(settings.Environment);

    public async Task<IReadOnlyList<EnvironmentPlace>> LookAsync(string root, CancellationToken cancellationToken)
    {
        var places = new List<EnvironmentPlace>();
        foreach (var file in settings.Environment.Files)
        {
            // The usual file, where nobody named it, may be missing.
            if (File.Exists(Path.GetFullPath(file, root)) || !settings.Environment.Files.SequenceEqual(new DriftSettings().Files))
                places.Add(OfFile(file, Path.GetFullPath(file, root)));
        }
        foreach (var file in settings.Environment.PidFiles)
            places.Add(OfPidFile(file));
        foreach (var unit in settings.Environment.Units)
            places.AddRange(await OfUnitAsync(unit, cancellationToken));
        return places;
    }

    private EnvironmentPlace OfFile(string name, string path)
    {
        try
        {
            return new EnvironmentPlace(name, null, Keys(EnvironmentFile.Read(path))) { IsOpenToAll = (FileFacts.Behind(path)!.Mode & UnixFileMode.OtherRead) != 0 };
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new EnvironmentPlace(name, problem is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : problem.Message, []);
        }
    }

    private EnvironmentPlace OfPidFile(string file)
    {
        try
        {
            return int.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var process) ? OfProcess($"the process of {file}", process)
                : new EnvironmentPlace($"the process of {file}", "the file holds no process id", []);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new EnvironmentPlace($"the process of {file}", problem.Message, []);
        }
    }

    // What the process was started with: the truth, where files may have been changed since.
    private EnvironmentPlace OfProcess(string name, int process)
    {
        try
        {
            var entries = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/environ")).Split('\0', StringSplitOptions.RemoveEmptyEntries)
                .Select(entry => entry.Split('=', 2)).Where(pair => pair.Length == 2).Select(pair => new EnvironmentFile.Entry(pair[0], pair[1], 0));
            return new EnvironmentPlace(name, null, [.. entries.Select(entry => new PresentKey(Name(entry.Name, null), null, _judge.Of(entry.Name, entry.Value), null))]) { HoldsOthers = true };
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return new EnvironmentPlace(name, "no such process runs", []);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new EnvironmentPlace(name, $"its environment may be read by its own user and by root only ({problem.Message})", []);
        }
    }

    private async Task<IReadOnlyList<EnvironmentPlace>> OfUnitAsync(string unit, CancellationToken cancellationToken)
    {
        var shown = await programs.RunAsync("systemctl", ["show", "--property=LoadState,MainPID,Environment,EnvironmentFiles", "--", unit], new Dictionary<string, string?>(), null, cancellationToken);
        return shown.ExitCode != 0 ? [new EnvironmentPlace($"the unit {unit}", shown.ExitCode == 127 ? "systemctl isn't here" : $"systemctl ended with status {shown.ExitCode}", [])] : OfProperties(unit, shown.Output);
    }

    /// <param name="properties">As <c>systemctl show</c> prints them.</param>
    internal IReadOnlyList<EnvironmentPlace> OfProperties(string unit, string properties)
    {
        var lines = properties.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        if (lines["LoadState"].FirstOrDefault() is { } state && state != "loaded")
            return [new EnvironmentPlace($"the unit {unit}", $"systemd knows no such unit ({state})", [])];
        var places = new List<EnvironmentPlace> { new($"the unit {unit}", null, [.. lines["Environment"].SelectMany(Words).Select(word => word.Split('=', 2)).Where(pair => pair.Length == 2).Select(pair => new PresentKey(Name(pair[0], null), null, _judge.Of(pair[0], pair[1]), null))]) };
        // For example: /etc/app/env (ignore_errors=no)
        foreach (var entry in lines["EnvironmentFiles"])
        {
            var at = entry.LastIndexOf(" (ignore_errors=", StringComparison.Ordinal);
            var file = at < 0 ? entry : entry[..at];
            if (File.Exists(file) || !entry.EndsWith("=yes)", StringComparison.Ordinal))
                places.Add(OfFile(file, file));
        }
        if (int.TryParse(lines["MainPID"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var process) && process > 0)
            places.Add(OfProcess($"the main process of {unit}", process));
        return places;
    }

    private List<PresentKey> Keys(IEnumerable<EnvironmentFile.Entry> entries)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. entries.Select(entry => new PresentKey(Name(entry.Name, entry.Line), entry.Line, _judge.Of(entry.Name, entry.Value), lines.TryAdd(entry.Name, entry.Line) ? null : lines[entry.Name]))];
    }

    // A line of a key that was pasted in without quotes (base64 ends in '=') looks like a name, and is a piece of a secret.
    private string Name(string name, int? line) => needed.Contains(name) || Usual().IsMatch(name) ? name : line is null ? "(an unusual name)" : string.Create(CultureInfo.InvariantCulture, $"(line {line})");

    [GeneratedRegex("^[A-Z_][A-Z0-9_]{0,63}$|^npm_[a-z_]{1,60}$", RegexOptions.CultureInvariant)]
    private static partial Regex Usual();

    // Words as systemd quotes them, told apart by spaces outside of quotes.
    private static IEnumerable<string> Words(string text)
    {
        var (word, quote) = (new StringBuilder(), '\0');
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
                word.Append(text[++at]);
            else if (text[at] is '"' or '\'' && (quote == '\0' || quote == text[at]))
                quote = quote == '\0' ? text[at] : '\0';
            else if (text[at] == ' ' && quote == '\0')
            {
                yield return word.ToString();
                word.Clear();
            }
            else
                word.Append(text[at]);
        }
        if (word.Length > 0)
            yield return word.ToString();
    }
}
