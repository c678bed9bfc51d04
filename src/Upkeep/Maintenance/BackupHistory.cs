using Upkeep.Backups;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Reports;

namespace Upkeep.Maintenance;

/// <summary>What the journal tells of backups: sizes that earlier runs saw, and runs that may still need theirs.</summary>
public static class BackupHistory
{
    /// <summary>Reads it, of a platform that may have no journal.</summary>
    public static BackupPast ReadIfAny(UpkeepConfiguration configuration, Doors doors) => JournalIfAny.Read(configuration, doors, BackupPast.None, Read);

    public static BackupPast Read(JournalFile journal)
    {
        ArgumentNullException.ThrowIfNull(journal);
        var runs = RunHistory.Read(journal, RunHistory.RunsForPredictions, holder: null).Runs;
        return new BackupPast([.. DatedMeasures.Of(runs, "backups.sizes", "backup_size").Select(point => new SizePoint(point.At, point.What, (long)point.Value))], Held(journal, runs));
    }

    private static Dictionary<string, string> Held(JournalFile journal, IReadOnlyList<RunDocument> runs)
    {
        var held = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Unfinished.Last(journal).Run is { } left)
            held[left.Run] = $"{left.Run} is unfinished ({left.InterruptedBy}) and may need it";
        foreach (var run in runs.Where(run => FullRollback.IsBegun(journal.ReadWithoutCheckpoints(run.Run))))
            held[run.Run] = $"{run.Run} was rolled back to it as a whole: rows are carried over, and gone back, by what is in it";
        var last = runs.FirstOrDefault(run => run.Steps.Any(step => step.Id == "preparation.backup" && step.Status is StepStatus.Succeeded or StepStatus.Attention));
        if (last is not null)
            held.TryAdd(last.Run, $"a rollback of {last.Run}, the last run that took one, goes back to it");
        return held;
    }
}
