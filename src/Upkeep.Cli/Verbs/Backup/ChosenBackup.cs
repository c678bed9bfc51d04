using System.CommandLine;
using Upkeep.Backups;
using Upkeep.Configuration;
using Upkeep.Maintenance;

namespace Upkeep.Cli.Verbs.Backup;

/// <summary>The backup that a verb is about: one of the store by its name, or any file or folder by its path.</summary>
/// <param name="Own">Null for one that others made.</param>
/// <param name="Path">Null for one of ours.</param>
internal sealed record ChosenBackup(string Name, StoredBackup? Own, string? Path)
{
    public static Argument<string?> Argument(string description, ArgumentArity arity) => new("NAME|PATH") { Description = description, Arity = arity };

    /// <exception cref="CommandException">There is no such backup (exit status 2).</exception>
    public static async Task<ChosenBackup> FindAsync(Platform platform, string? asked, CancellationToken cancellationToken)
    {
        var settings = platform.Configuration.Backup;
        var stored = await new BackupStore(settings.Folder).ListAsync(cancellationToken);
        if (asked is null)
        {
            // Other databases' backups may lie in the same store; whoever means one of them names it.
            var owner = await BackupOwner.AsFarAsKnownAsync(platform.Doors.Database, cancellationToken);
            return stored.FirstOrDefault(backup => backup.Manifest is null || owner.NotOf(backup.Manifest) is null) is { } newest ? new ChosenBackup(newest.Name, newest, null)
                : throw new CommandException(ExitStatus.Usage, $"There is no backup of {owner.Database} in {settings.Folder}.", "Take one with: upkeep backup create");
        }
        // A name of the store first; its folder by path is the same backup, with or without the slash that a shell's completion adds.
        var path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(asked));
        if (stored.FirstOrDefault(backup => backup.Name == asked || System.IO.Path.GetFullPath(backup.Folder) == path) is { } own)
            return new ChosenBackup(own.Name, own, null);
        if (File.Exists(System.IO.Path.Combine(path, BackupStore.ManifestFile)))
            throw new CommandException(ExitStatus.Usage, $"{path} is a backup of upkeep's own, outside of backup: folder ({settings.Folder}).", $"Move it there, or name {System.IO.Path.GetDirectoryName(path)} under backup: folder.");
        if (File.Exists(path) || Directory.Exists(path))
            return new ChosenBackup(path, null, path);
        throw new CommandException(ExitStatus.Usage, $"There is no backup {asked} in {settings.Folder}, and no file or folder of that name.",
            Nearest.To(asked, [.. stored.Select(backup => backup.Name)]) is { } nearest ? $"Did you mean {nearest}?" : "See what there is: upkeep backup list");
    }
}
