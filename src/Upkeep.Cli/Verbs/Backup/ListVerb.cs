using System.CommandLine;
using Spectre.Console;
using Upkeep.Backups;
using Upkeep.Cli.Output;
using Upkeep.Maintenance;
using Upkeep.Reports;

namespace Upkeep.Cli.Verbs.Backup;

/// <summary><c>upkeep backup list</c>: every backup that is known of, ours and others'.</summary>
internal static class ListVerb
{
    public static Command Create(VerbHost host)
    {
        var command = new Command("list", "Every backup there is, ours and those that others put into backup: expected: folders.");
        host.On(command, async (_, context, cancellationToken) =>
        {
            await using var composition = Composition.Load(context);
            var platform = composition.Platform;
            var (inventory, away) = await BackupInventories.ReadAsync(platform, cancellationToken);
            if (away is not null)
                context.Output.Notice($"{away.Message} Backups are told apart by the database's name only, and what others made isn't held against its tables.");
            var now = context.Time.GetUtcNow();
            if (context.Output.IsJson)
                context.Output.Json(new BackupListDocument(1, platform.Configuration.Platform, [.. inventory.Backups.Select(backup => BackupDocument.Of(backup, now))],
                    [.. inventory.NotChecked.Select(place => new NotCheckedDocument(place.Place, place.Reason))]));
            else
                Write(context.Output, platform, inventory, now);
            return ExitStatus.Success;
        });
        return command;
    }

    private static void Write(CommandOutput output, Platform platform, BackupInventory inventory, DateTimeOffset now)
    {
        if (inventory.Backups.Count == 0)
            output.Line($"There is no backup in {string.Join(" or ", platform.Configuration.Backup.Expected.Folders.Prepend(platform.Configuration.Backup.Folder))}. The first: upkeep backup create");
        else
            output.Render(Table(platform, inventory, now));
        foreach (var backup in inventory.Backups.Where(backup => !backup.IsWhole))
            output.Line($"{backup.Name}: {backup.State.ToString().ToLowerInvariant()}: {backup.Detail}.");
        foreach (var (place, reason) in inventory.NotChecked)
            output.Line($"Not checked: {place}: {reason}");
    }

    private static Table Table(Platform platform, BackupInventory inventory, DateTimeOffset now)
    {
        var clock = new PlatformClock(platform.Configuration.Window.TimeZone);
        var table = new Table().Border(TableBorder.Simple).AddColumns("Backup", "Of", "Age", "Kind", "Size", "Rows", "Tables", "Run", "Proven");
        foreach (var backup in inventory.Backups)
        {
            var manifest = backup.Stored?.Manifest;
            table.AddRow([.. new[]
            {
                backup.IsOwn ? backup.Name : Path.Combine(backup.Source, backup.Name), clock.Full(backup.At), Amount.Duration(now - backup.At), backup.Kind, Amount.Bytes(backup.Bytes),
                manifest is null ? "–" : Words.Figure(manifest.Rows(), "rows"), manifest is null ? "–" : Words.Figure(manifest.Content.Tables.Count, "count"), manifest?.Run ?? "–", Proven(backup, clock),
            }.Select(cell => new Text(SafeText.Line(cell)))]);
        }
        return table;
    }

    private static string Proven(KnownBackup backup, PlatformClock clock) => backup switch
    {
        { IsWhole: false } => backup.State.ToString().ToLowerInvariant(),
        { Stored: { IsProven: true, Proof: { } proof } } => $"{clock.Full(proof.At)}, restored in {Amount.Duration(proof.Phases.Aggregate(TimeSpan.Zero, (sum, phase) => sum + phase.Took))}",
        { Stored.Proof: { Holds: true } proof } => $"not all of it, {clock.Full(proof.At)}",
        { Stored.Proof: { } proof } => $"failed {clock.Full(proof.At)}",
        { Stored: null } => "–",
        _ => "no",
    };
}
