using Upkeep.Journal;

namespace Upkeep.Reports;

/// <summary>What this run proves about backups, and what it does not.</summary>
/// <param name="Step">The run's backup step, or null where the plan had none.</param>
/// <param name="State">In a sentence.</param>
/// <param name="RestoreTest">What is known of restoring it, in a sentence.</param>
public sealed record BackupStatus(Tone Tone, StepDocument? Step, string State, string RestoreTest)
{
    private const string BackupStep = "preparation.backup";
    private const string RestoreStep = "backups.restore-test";

    public static BackupStatus Of(RunDocument run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var backup = run.Steps.FirstOrDefault(step => step.Id == BackupStep);
        var restore = run.Steps.FirstOrDefault(step => step.Id == RestoreStep);
        var (tone, state) = backup switch
        {
            null => (Tone.Bad, "No backup step was part of this run."),
            { Status: StepStatus.Succeeded } => (Tone.Good, backup.Summary ?? "Taken."),
            { Status: StepStatus.Attention } => (Tone.Attention, backup.Summary ?? "Taken, with findings."),
            _ => (Tone.Bad, $"No backup was taken in this run ({Words.Status(backup.Status)}): {backup.Reason ?? backup.Summary ?? "no reason was recorded"}"),
        };
        return new BackupStatus(tone, backup, state, Restored(restore));
    }

    private static string Restored(StepDocument? restore) => restore switch
    {
        null => "Not checked in this run: nothing here proves that the backup restores.",
        { Status: StepStatus.Succeeded or StepStatus.Attention } => restore.Summary ?? "Restored.",
        _ => $"Not checked in this run ({Words.Status(restore.Status)}): {restore.Reason ?? restore.Summary ?? "no reason was recorded"}",
    };
}
