using Upkeep.Processes;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>The file that apt's and dpkg's own words go to: they stay there also where we are gone.</summary>
internal static class AptLog
{
    private const string Call = "# upkeep calls: ";

    /// <summary>Writes down what is called; what follows is its own.</summary>
    public static void Begin(string log, IReadOnlyList<string> command) => File.AppendAllText(log, $"{Call}{string.Join(' ', command)}\n");

    /// <summary>Why the program that was called last ended as it did, in its own words where it left some.</summary>
    public static string Told(string log, ProgramResult result)
    {
        var errors = new List<string>();
        foreach (var line in File.Exists(log) ? File.ReadLines(log) : [])
        {
            if (line.StartsWith(Call, StringComparison.Ordinal))
                errors.Clear();
            else if (line.StartsWith("E: ", StringComparison.Ordinal) || line.StartsWith("dpkg: error", StringComparison.Ordinal))
                errors.Add(line);
        }
        return errors.Count > 0 ? string.Join(' ', errors.TakeLast(2)) : result.Told("apt-get");
    }
}
