using Upkeep.Configuration;
using Upkeep.Logs;

namespace Upkeep.Cli.Verbs.Logs;

/// <summary>Logs that were named on the command line: a name or a pattern that stands for nothing is a mistake, and no success.</summary>
internal static class NamedLogs
{
    /// <exception cref="CommandException">A pattern matches no log (exit status 2).</exception>
    public static LogSettings Matched(LogSettings settings) => LogSet.Unmatched(settings) is [var pattern, ..]
        ? throw new CommandException(ExitStatus.Usage, $"No log matches {pattern}.", "Look what it stands for (ls), and whether this user may read the folder.")
        : settings;

    /// <exception cref="CommandException">A pattern matches no log, or there is neither a log of a name nor an archive of one (exit status 2).</exception>
    public static LogSettings WithArchives(LogSettings settings)
    {
        foreach (var (log, folders) in LogSet.WithFolders(Matched(settings)))
        {
            if (!Path.Exists(log) && ArchiveFiles.Of(log, folders).Count == 0)
                throw new CommandException(ExitStatus.Usage, $"There is no log {log}, and no archive of one.", "Name a log that is there.");
        }
        return settings;
    }
}
