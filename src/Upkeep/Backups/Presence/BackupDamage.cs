using Upkeep.Backups.Foreign;
using Upkeep.Journal;

namespace Upkeep.Backups.Presence;

/// <summary>What is no backup of the platform's database though it looks like one.</summary>
internal static class BackupDamage
{
    public static IEnumerable<Finding> Findings(BackupInventory inventory)
    {
        var newest = inventory.Backups.FirstOrDefault(backup => backup.IsWhole || backup.IsDamaged);
        foreach (var backup in inventory.Backups.Where(backup => backup.IsDamaged))
        {
            var worst = backup == newest;
            yield return new Finding(worst ? Severity.Critical : Severity.Warning, $"backup-{backup.State.ToString().ToLowerInvariant()}",
                $"{backup.Name} ({backup.Source}){(worst ? ", the newest," : "")} is {backup.State.ToString().ToLowerInvariant()}: {backup.Detail}.", backup.Name,
                worst ? "There is no good backup since: take one now (upkeep backup create), then look at the disk and at the job that made this one."
                    : "It can't be restored whole. Look at the disk and at the job that made it, and move it aside.");
        }
        foreach (var backup in inventory.Backups.Where(backup => backup is { IsOwn: true, State: ForeignState.NotABackup }))
            yield return new Finding(Severity.Warning, "backup-without-manifest", $"{backup.Name} has no manifest that can be read, so nobody knows what is in it.", backup.Name, "It counts as no backup and never expires. Move it aside, or remove its folder.");
        foreach (var folder in inventory.Backups.GroupBy(backup => backup.Source))
        {
            foreach (var finding in Strangers(folder.Key, [.. folder]))
                yield return finding;
        }
    }

    // In a folder of many databases each of the others is as it should be; where nothing is ours, the folder was named wrongly or the job dumps the wrong one.
    private static IEnumerable<Finding> Strangers(string source, List<KnownBackup> newestFirst)
    {
        var others = newestFirst.Where(backup => backup.State == ForeignState.OtherDatabase).ToList();
        if (others.Count > 0)
        {
            var alone = !newestFirst.Any(backup => backup.IsWhole);
            yield return new Finding(alone ? Severity.Warning : Severity.Info, "backup-of-another-database",
                $"{Counted.Of(others.Count, "backup")} in {source} {(others.Count == 1 ? "is" : "are")} of another database; the newest is {others[0].Name}: {others[0].Detail}.", source,
                alone ? "Is it the right folder, and does the job dump the right database?" : null);
        }
        var none = newestFirst.Where(backup => backup is { IsOwn: false, State: ForeignState.NotABackup }).ToList();
        if (none.Count > 0)
            yield return new Finding(Severity.Info, "not-a-backup", $"{Counted.Of(none.Count, "file")} in {source} {(none.Count == 1 ? "is" : "are")} no backup, for example {none[0].Name}: {none[0].Detail}.", source);
    }
}
