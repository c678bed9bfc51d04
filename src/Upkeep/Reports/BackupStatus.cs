using Upkeep.Journal;

namespace Upkeep.Reports;

/// <summary>What this run proves about backups, and what it does not.</summary>
/// <param name="Taken">The backup of this run.</param>
/// <param name="Restored">Whether a restore was proven in this run, and how long recovery took.</param>
/// <param name="Present">The backups of the last days.</param>
/// <param name="Proven">The last backup that was proven to restore, in this run or before it.</param>
/// <param name="Days">Whole backups on each of the last days; null where that wasn't looked at.</param>
public sealed record BackupStatus(BackupFact Taken, BackupFact Restored, BackupFact Present, BackupFact Proven, DayStrip? Days)
{
    private const string BackupStep = "preparation.backup";
    private const string RestoreStep = "backups.restore-test";
    private const string PresenceStep = "backups.presence";

    /// <summary>Every fact, in the order in which it is told.</summary>
    public IReadOnlyList<BackupFact> Facts => [Taken, Restored, Present, Proven];

    public static BackupStatus Of(RunDocument run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var presence = Find(run, PresenceStep);
        return new BackupStatus(TakenIn(Find(run, BackupStep)), RestoredIn(Find(run, RestoreStep)), PresentIn(presence), ProvenIn(presence), presence is not null && DayStrip.Of(presence) is [var days, ..] ? days : null);
    }

    /// <summary>How long recovery took in this run's restore test, or null where none was proven.</summary>
    public static TimeSpan? RecoveryOf(RunDocument run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Find(run, RestoreStep) is { } step && IsGood(step) && Figure(step, "recovery_seconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>On how many of how many expected days there is a backup, or null where that wasn't looked at.</summary>
    public static (int With, int Expected)? DaysOf(RunDocument run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Find(run, PresenceStep) is { } step && Figure(step, "days_with_backup") is { } with && Figure(step, "days_expected") is { } expected ? ((int)with, (int)expected) : null;
    }

    private static BackupFact TakenIn(StepDocument? backup) => backup switch
    {
        null => new BackupFact("Backup", Tone.Bad, "no backup", "No backup step was part of this run.", null),
        { Status: StepStatus.Succeeded } => new BackupFact("Backup", Tone.Good, "taken", backup.Summary ?? "Taken.", backup),
        { Status: StepStatus.Attention } => new BackupFact("Backup", Tone.Attention, "taken", backup.Summary ?? "Taken, with findings.", backup),
        _ => new BackupFact("Backup", Tone.Bad, "no backup", $"No backup was taken in this run ({Words.Status(backup.Status)}): {Why(backup)}", backup),
    };

    private static BackupFact RestoredIn(StepDocument? restore)
    {
        const string name = "Restore test";
        if (restore is null)
            return new BackupFact(name, Tone.Quiet, "not checked", "Not checked in this run: nothing here proves that the backup restores.", null);
        if (restore.Status is StepStatus.Failed)
            return new BackupFact(name, Tone.Bad, "failed", $"The backup could not be proven to restore: {Why(restore)}", restore);
        if (!IsGood(restore))
            return new BackupFact(name, Tone.Quiet, "not checked", $"Not checked in this run ({Words.Status(restore.Status)}): {Why(restore)}", restore);
        var took = Figure(restore, "recovery_seconds") is { } seconds ? $" Recovery took {Words.Figure(seconds, "seconds")}." : "";
        return new BackupFact(name, StepSection.ToneOf(restore), "restored", $"{(restore.Summary ?? "Restored.").TrimEnd('.')}.{took}", restore);
    }

    private static BackupFact PresentIn(StepDocument? presence)
    {
        const string name = "Last days";
        return presence switch
        {
            null => new BackupFact(name, Tone.Quiet, "not checked", "Not checked in this run: which days have a backup.", null),
            _ when !IsGood(presence) => new BackupFact(name, Tone.Quiet, "not checked", $"Not checked in this run ({Words.Status(presence.Status)}): {Why(presence)}", presence),
            _ => new BackupFact(name, Worst(presence), "last days", presence.Summary ?? "Looked at.", presence),
        };
    }

    private static BackupFact ProvenIn(StepDocument? presence)
    {
        const string name = "Last proven";
        if (presence is null || !IsGood(presence))
            return new BackupFact(name, Tone.Quiet, "not checked", "Not checked in this run: which backup was last proven to restore.", presence);
        return presence.Measures.FirstOrDefault(measure => measure is { Name: "proof_age", Subject: not null, Before: not null }) is { } proof
            ? new BackupFact(name, Tone.Good, "proven", $"{proof.Subject} was proven to restore, {Words.Figure(proof.Before!.Value, "seconds")} before this was looked at.", presence)
            : new BackupFact(name, Tone.Attention, "never", "No backup was ever proven to restore.", presence);
    }

    private static Tone Worst(StepDocument step) => step.Findings.Any(finding => finding.Severity == Severity.Critical) ? Tone.Bad : StepSection.ToneOf(step);

    private static bool IsGood(StepDocument step) => step.Status is StepStatus.Succeeded or StepStatus.Attention;

    private static string Why(StepDocument step) => step.Reason ?? step.Summary ?? "no reason was recorded";

    private static StepDocument? Find(RunDocument run, string id) => run.Steps.FirstOrDefault(step => step.Id == id);

    private static double? Figure(StepDocument step, string name) =>
        step.Measures.FirstOrDefault(measure => measure.Name == name && measure.Subject is null) is { } measure ? measure.After ?? measure.Before : null;
}

/// <summary>One thing that is known of the backups, or isn't.</summary>
/// <param name="Name">For example <c>Restore test</c>.</param>
/// <param name="Word">The state in a word or two.</param>
/// <param name="Says">In a sentence.</param>
/// <param name="Step">Where it comes from, or null where the run had no such step.</param>
public sealed record BackupFact(string Name, Tone Tone, string Word, string Says, StepDocument? Step);
