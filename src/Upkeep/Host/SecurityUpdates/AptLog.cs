using Upkeep.Processes;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>The file that apt's and dpkg's own words go to: they stay there also where we are gone.</summary>
internal static class AptLog
{
    /// <summary>Why a program ended as it did, in its own words where it left some.</summary>
    public static string Told(string log, ProgramResult result)
    {
        var errors = File.Exists(log)
            ? File.ReadLines(log).Where(line => line.StartsWith("E: ", StringComparison.Ordinal) || line.StartsWith("dpkg: error", StringComparison.Ordinal)).TakeLast(2).ToList() : [];
        return errors.Count > 0 ? string.Join(' ', errors) : result.Told("apt-get");
    }
}
