using Upkeep.Journal;

namespace Upkeep.Host.DiskCleanup;

/// <summary>What a reader should know of a clean-up.</summary>
internal static class CleanupFindings
{
    public static IEnumerable<Finding> Of(CleanupSurvey survey)
    {
        foreach (var look in survey.Folders)
        {
            var folder = look.Rule.Folder;
            if (look.Problem is { } problem)
                yield return new Finding(Severity.Warning, "cleanup-folder" + Finding.NotCheckedSuffix, $"Not checked: what can go from {folder}: {problem}", folder, "Correct host: diskCleanup: rules, or give the user who runs upkeep the right to read it.");
            if (look.Left.Unreadable > 0)
                yield return new Finding(Severity.Warning, "cleanup-below" + Finding.NotCheckedSuffix, $"Not checked: {Counted.Of(look.Left.Unreadable, "folder")} below {folder}, which {Environment.UserName} may not read.", folder, "Run it as their owner or as root, or take them out of the rule's folder.");
            if (look.Left.TooDeep > 0)
                yield return new Finding(Severity.Warning, "cleanup-too-deep" + Finding.NotCheckedSuffix, $"Not checked: {Counted.Of(look.Left.TooDeep, "folder")} more than 255 levels below {folder}.", folder, "Look what makes such folders, and remove them by hand.");
            if (look.Left.OtherMounts > 0)
                yield return new Finding(Severity.Info, "cleanup-other-mounts", $"{Counted.Of(look.Left.OtherMounts, "place")} below {folder} where something else is mounted: left alone.", folder);
            if (look is { Rule.KeepFree: { } wanted, Problem: null } && look.FreeBytes + look.Bytes < wanted)
                yield return new Finding(Severity.Warning, "cleanup-not-enough", $"{look.Mount} has {Amount.Bytes(look.FreeBytes)} free of {Amount.Bytes(wanted)} wanted, and what may go from {folder} frees {Amount.Bytes(look.Bytes)} only.", folder, "Look what else fills the disk (du -xh --max-depth=2), or make unusedFor shorter.");
        }
        foreach (var cache in new[] { survey.Packages, survey.Images }.OfType<CacheLook>().Where(cache => cache.Problem is not null))
            yield return new Finding(Severity.Warning, "cleanup-cache" + Finding.NotCheckedSuffix, $"Not checked: {cache.What}, because {cache.Problem}.", cache.What, cache.Hint);
    }

    public static IEnumerable<Finding> Of(CleanupSurvey survey, CleanupEffect effect)
    {
        foreach (var (look, done) in survey.Folders.Zip(effect.Folders))
        {
            if (look.Problem is null && done.Problem is { } problem)
                yield return new Finding(Severity.Warning, "cleanup-folder-left", $"{(done.Files == 0 ? $"Nothing was removed from {done.Folder}" : $"Only {Counted.Of(done.Files, "file")} of {done.Folder} could be removed")}: {problem}", done.Folder,
                    $"Look what it is now (ls -ld {done.Folder}), and whether somebody meant it. It is cleaned again in the next run.");
            if (done.Left.InUse > 0)
                yield return new Finding(Severity.Info, "cleanup-in-use", $"{Counted.Of(done.Left.InUse, "file")} in {done.Folder} stayed: a process has them open.", done.Folder);
            if (done.Left.Unknown > 0)
                yield return new Finding(Severity.Warning, "cleanup-use" + Finding.NotCheckedSuffix, $"Not checked: whether anybody has {Counted.Of(done.Left.Unknown, "file")} in {done.Folder} open; they stayed. The kernel tells their owner and root only, and not on every file system.", done.Folder,
                    "Run it as their owner or as root.");
            if (done.Left.Refused > 0)
                yield return new Finding(Severity.Warning, "cleanup-refused", $"{Counted.Of(done.Left.Refused, "file")} in {done.Folder} stayed, because the kernel refuses: {done.FirstRefusal}", done.Folder, "Run it as the folder's owner or as root (lsattr shows files that are immutable).");
            if (done.Left.Moved > 0)
                yield return new Finding(Severity.Warning, "cleanup-moved", $"{Counted.Of(done.Left.Moved, "folder")} in {done.Folder} were moved or swapped while they were cleaned: left alone.", done.Folder, "Look who does that: at best a program that is still at work there, at worst somebody who wants other files removed.");
        }
        if (effect.Unlisted > 0)
            yield return new Finding(Severity.Info, "cleanup-list-full", $"The list of removed files (host/removed.csv) is full: {Counted.Of(effect.Unlisted, "more file was", "more files were")} removed.");
    }
}
