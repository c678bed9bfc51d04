using System.Text;

namespace Upkeep.Scenarios;

/// <summary>The machine's processes by what they were given.</summary>
internal static class RunningPrograms
{
    /// <summary>Command lines of the processes that were given something below a folder.</summary>
    public static IReadOnlyList<string> GivenBelow(string folder) =>
        [.. Directory.EnumerateDirectories("/proc").Where(process => int.TryParse(Path.GetFileName(process), out _)).Select(CommandLine).Where(line => line.Contains(folder, StringComparison.Ordinal))];

    private static string CommandLine(string folder)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, "cmdline"))).Replace('\0', ' ');
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return "";
        }
    }
}
