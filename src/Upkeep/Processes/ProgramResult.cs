using System.Globalization;

namespace Upkeep.Processes;

/// <summary>How a program ended.</summary>
/// <param name="Output">Standard output, with secrets masked.</param>
/// <param name="Error">Standard error, with secrets masked.</param>
public sealed record ProgramResult(int ExitCode, string Output, string Error, TimeSpan Took)
{
    // What comes after the first few follows from them.
    private const int MostErrors = 3;

    private static readonly string[] _marks = ["error:", "fatal:", "detail:"];

    /// <summary>For messages: that it ended with a status or was killed, and its own words for why.</summary>
    /// <param name="program">Its name, as people call it.</param>
    public string Told(string program)
    {
        var lines = Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var errors = lines.Where(line => _marks.Any(mark => line.Contains(mark, StringComparison.OrdinalIgnoreCase))).Take(MostErrors).ToList();
        // Shells and CliWrap report death by signal as 128 + its number. What a killed program said last is progress.
        var killed = ExitCode > 128;
        var ended = killed
            ? string.Create(CultureInfo.InvariantCulture, $"{program} was killed by signal {ExitCode - 128}")
            : string.Create(CultureInfo.InvariantCulture, $"{program} ended with status {ExitCode}");
        var said = string.Join(' ', errors.Count > 0 ? errors : killed ? [] : lines.TakeLast(1));
        return said.Length > 0 ? $"{ended}: {said}" : ended;
    }
}
