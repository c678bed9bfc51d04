using System.Text.RegularExpressions;

namespace Upkeep.Backups;

/// <summary>What the backup of a run is called.</summary>
public static partial class BackupName
{
    /// <summary><c>weekly-20261122</c> gives <c>pre-maintenance-20261122</c>; a second run of the day keeps its suffix.</summary>
    public static string Of(string run) => $"pre-maintenance-{(Date().Match(run) is { Success: true } date ? date.Value : run)}";

    [GeneratedRegex(@"\d{8}(-\d+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Date();
}
