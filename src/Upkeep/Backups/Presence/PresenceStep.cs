using NodaTime;
using Upkeep.Backups.Foreign;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Backups.Presence;

/// <summary>A backup for each of the last days, each of a size and a state as it should be.</summary>
public sealed class PresenceStep(UpkeepConfiguration configuration, ReadInventory read, Redactor redactor, TimeProvider time) : InspectStep<PresenceSurvey>
{
    public override StepDefinition Definition { get; } = new()
    {
        Id = "backups.presence",
        Title = "A backup for each of the last days",
        Kind = StepKind.Verify,
        Priority = 3,
        // So that it speaks of this week's proof and not of last week's.
        After = ["preparation.backup", "backups.restore-test"],
        Deadline = TimeSpan.FromMinutes(30),
    };

    public override async Task<Check<PresenceSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var inventory = await read(cancellationToken);
        if (inventory.NotChecked.Count == configuration.Backup.Expected.Folders.Count + 1)
            return Check.Skipped<PresenceSurvey>($"no backup could be looked at: {string.Join("; ", inventory.NotChecked.Select(place => $"{place.Place}: {place.Reason}"))}", $"Make the folders readable for {Environment.UserName}.");
        inventory = await WithChecksumsAsync(inventory, context, cancellationToken);
        var now = time.GetUtcNow();
        var judge = new PresenceJudge(configuration.Backup, inventory.Owner.Database, DateTimeZoneProviders.Tzdb[configuration.Window.TimeZone], now, context.Run);
        var survey = judge.Survey(inventory);
        context.Raise(judge.Findings(inventory, survey));
        Measure(context, survey, now);
        await context.WriteCsvAsync("backups/backups.csv", Table(inventory, now), redactor, cancellationToken);
        var summary = survey.NewestAt is { } at
            ? $"{survey.Days.Count - survey.Gaps.Count} of the last {Counted.Of(survey.Days.Count, "day")} {(survey.Days.Count - survey.Gaps.Count == 1 ? "has" : "have")} a backup; the newest is {survey.Newest}, {Amount.Age(now - at)} old; {Proven(survey, now)}"
            : $"there is no backup of {inventory.Owner.Database}";
        return Check.Looked(survey, summary);
    }

    private static string Proven(PresenceSurvey survey, DateTimeOffset now) =>
        survey.ProvenAt is { } at ? $"{survey.LastProven} was proven to restore {Amount.Age(now - at)} ago" : "none was ever proven to restore";

    // Reading every byte of every backup would take the window; the newest is the one that counts, and the backup step has just read this run's.
    private async Task<BackupInventory> WithChecksumsAsync(BackupInventory inventory, StepContext context, CancellationToken cancellationToken)
    {
        if (inventory.Backups.FirstOrDefault(backup => backup is { IsOwn: true, IsWhole: true }) is not { Stored.Manifest: { } manifest } newest)
            return inventory;
        if (manifest.Run == context.Run)
            return Replaced(inventory, newest, newest with { Detail = "checksums held when this run made it" });
        context.Progress(0, newest.Bytes, "bytes", newest.Name);
        var differences = await new BackupStore(configuration.Backup.Folder).CompareFilesAsync(manifest, cancellationToken);
        return Replaced(inventory, newest, differences.Count == 0 ? newest with { Detail = "every checksum holds" }
            : newest with { State = ForeignState.Corrupt, Detail = string.Join("; ", differences.Take(3)) });
    }

    private static BackupInventory Replaced(BackupInventory inventory, KnownBackup before, KnownBackup after) =>
        inventory with { Backups = [.. inventory.Backups.Select(backup => backup == before ? after : backup)] };

    private static void Measure(StepContext context, PresenceSurvey survey, DateTimeOffset now)
    {
        context.Before("days_expected", survey.Days.Count, "count");
        context.Before("days_with_backup", survey.Days.Count - survey.Gaps.Count, "count");
        if (survey.NewestAt is { } at)
            context.Before("newest_backup_age", Math.Max(0, (now - at).TotalSeconds), "seconds");
        foreach (var day in survey.Days)
            context.Before("backups", day.Backups, "count", DatedSubject.Of(day.Day));
        if (survey.ProvenAt is { } proven)
            context.Before("proof_age", Math.Max(0, (now - proven).TotalSeconds), "seconds", survey.LastProven);
    }

    private static Csv Table(BackupInventory inventory, DateTimeOffset now)
    {
        var table = new Csv("name", "source", "at", "age_hours", "bytes", "kind", "state", "detail", "run", "rows", "tables", "proven_at", "proof");
        foreach (var backup in inventory.Backups)
        {
            var manifest = backup.Stored?.Manifest;
            table.Row(backup.Name, backup.Source, backup.At, Math.Round((now - backup.At).TotalHours, 1), backup.Bytes, backup.Kind, backup.State.ToString().ToLowerInvariant(), backup.Detail,
                manifest?.Run, manifest?.Rows(), manifest?.Content.Tables.Count, backup.Stored?.Proof?.At, backup.Stored?.Proof is { } proof ? !proof.Holds ? "failed" : backup.Stored.IsProven ? "holds" : "not all proven" : null);
        }
        return table;
    }
}
