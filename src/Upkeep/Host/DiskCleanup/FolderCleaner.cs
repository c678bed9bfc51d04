using Upkeep.Configuration;
using Upkeep.Files;

namespace Upkeep.Host.DiskCleanup;

/// <summary>Looks at the folder of a rule, and removes what the rule lets go.</summary>
internal static class FolderCleaner
{
    /// <summary>What would go. A folder that isn't there, or isn't to be touched, is told in the answer.</summary>
    public static FolderLook Look(CleanupRuleSettings rule, DateTimeOffset now, OpenInodes? open, CancellationToken cancellationToken) => Look(new CleanupJudge(rule, now), open, cancellationToken);

    /// <param name="note">Hears of everything before it is removed.</param>
    /// <param name="index">Which of the survey's rules it is.</param>
    /// <exception cref="NoteBrokenException">The note can't be written.</exception>
    public static FolderEffect Remove(CleanupRuleSettings rule, DateTimeOffset now, RemovalNote note, int index, Func<bool> goOn, CancellationToken cancellationToken)
    {
        var judge = new CleanupJudge(rule, now);
        var effect = new FolderEffect(rule.Folder, rule.Pattern, 0, 0, 0, new WalkTally());
        // Which are the newest, or the oldest, takes a look at all of them.
        if ((rule.KeepNewest > 0 || rule.KeepFree is not null) && Look(judge, null, cancellationToken) is { } look && (look.Problem is not null || look.Files == 0))
            return effect with { Problem = look.Problem, Left = look.Left };
        CleanupRemoval? removal = null;
        try
        {
            using var root = Open(rule.Folder);
            removal = new CleanupRemoval(root, judge, note, index, goOn);
            removal.Run();
            return effect with { Left = removal.Tally, FirstRefusal = removal.FirstRefusal };
        }
        catch (Exception problem) when (problem is FolderRefusedException or IOException or UnauthorizedAccessException)
        {
            return effect with { Problem = problem.Message, Left = removal?.Tally ?? effect.Left, FirstRefusal = removal?.FirstRefusal };
        }
    }

    private static FolderLook Look(CleanupJudge judge, OpenInodes? open, CancellationToken cancellationToken)
    {
        var rule = judge.Rule;
        var none = new FolderLook(rule, "", 0, 0, 0, [], new WalkTally(), 0) { Unseen = open?.Unseen ?? 0 };
        try
        {
            using var root = Open(rule.Folder);
            var free = root.Room.FreeForUs;
            none = none with { Mount = DiskSpace.MountOf(rule.Folder), FreeBytes = free };
            if (rule.KeepFree is { } wanted && free >= wanted)
                return none;
            var look = new CleanupLook(root, judge, open, cancellationToken);
            look.Run();
            var (files, bytes, folders, oldest) = look.Decide(rule.KeepFree - free);
            return none with { Files = files, Bytes = bytes, EmptyFolders = folders, Oldest = oldest, Left = look.Tally };
        }
        catch (Exception problem) when (problem is IOException or FolderRefusedException or UnauthorizedAccessException)
        {
            return none with { Problem = problem.Message };
        }
    }

    private static FolderCursor Open(string path)
    {
        var folder = FolderCursor.Open(path);
        if (!folder.IsMount)
            return folder;
        folder.Dispose();
        throw new FolderRefusedException($"{path} is a mount point, and only folders below one are cleaned.");
    }
}

/// <summary>The folder must not be cleaned.</summary>
internal sealed class FolderRefusedException(string message) : Exception(message);
