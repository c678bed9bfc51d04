using System.CommandLine;

namespace Upkeep.Cli.Verbs.Backup;

/// <summary><c>upkeep backup</c>: backups on their own.</summary>
internal static class BackupVerb
{
    public static Command Create(VerbHost host)
    {
        var command = new Command("backup", "Backups on their own.")
        {
            CreateVerb.Create(host),
            ListVerb.Create(host),
            PruneVerb.Create(host),
            VerifyBackupVerb.Create(host),
            RestoreBackupVerb.Create(host),
        };
        host.On(command, (_, _, _) => throw new CommandException(ExitStatus.Usage, "What to do with backups is missing.", "See: upkeep backup --help"));
        return command;
    }
}
