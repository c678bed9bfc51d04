using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Logs;
using Upkeep.Logs.Logrotate;
using Upkeep.Logs.Rotation;
using Upkeep.Maintenance;

namespace Upkeep.Checking;

/// <summary>The configured logs: whether each can be rotated the way it is meant to be, by the look that the step takes.</summary>
internal static class LogRequirements
{
    private const string Step = "logs.rotate";

    public static IReadOnlyList<Requirement> Look(UpkeepConfiguration configuration, Doors doors)
    {
        if (configuration.Logs.Files.Count == 0)
            return [Requirement.Met("logs.files", "None configured: no log is rotated, pruned or measured")];
        var logrotate = LogrotateNeighbour.OfThisMachine(doors.Time);
        var rotation = new LogRotation(doors.Programs, logrotate, doors.Time);
        return
        [
            .. LogSet.Unmatched(configuration.Logs).Select(pattern => Requirement.Missing("logs.files", $"No log matches {pattern}", "Correct the pattern, or the rights to its folder.", Step)),
            .. LogSet.Of(configuration.Logs).Select(log => rotation.Look(log.Request)).Select(look => Told(look, [.. RotateFindings.Of(look, logrotate.Of(look.Path))])),
        ];
    }

    private static Requirement Told(LogLook look, IReadOnlyList<Finding> findings) => findings.Count == 0
        ? Requirement.Met($"log {look.Path}", $"{Amount.Bytes(look.Bytes)}, rotated by {look.Way.ToString().ToLowerInvariant()}")
        : Requirement.Missing($"log {look.Path}", string.Join(" ", findings.Select(finding => finding.Message)), string.Join(" ", findings.Select(finding => finding.Hint).OfType<string>()), Step);
}
