namespace Upkeep.Cli.Demo;

/// <summary>The folder that a demo writes into: a new or empty one, or one that an earlier demo wrote.</summary>
internal static class DemoFolder
{
    // The first line of the configuration that a demo writes.
    private const string Mark = "# Written by upkeep demo";

    /// <summary>Makes the folder where it is missing.</summary>
    /// <exception cref="CommandException">It holds somebody's files, or can't be made (exit status 2); nothing was touched.</exception>
    public static void Claim(DemoSettings settings)
    {
        try
        {
            if (Directory.Exists(settings.Folder) && Directory.EnumerateFileSystemEntries(settings.Folder).Any() && !IsADemos(settings))
            {
                throw new CommandException(ExitStatus.Usage, $"{settings.Folder} is not empty and no demo's: it was not touched.",
                    "Name a new folder: upkeep demo --folder FOLDER");
            }
            Directory.CreateDirectory(settings.Folder);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitStatus.Usage, $"The demo can't have the folder {settings.Folder}: {problem.Message}",
                "Name a folder that can be made: upkeep demo --folder FOLDER", problem);
        }
    }

    private static bool IsADemos(DemoSettings settings) => File.Exists(settings.Traces)
        || (File.Exists(settings.ConfigurationFile) && File.ReadLines(settings.ConfigurationFile).FirstOrDefault()?.StartsWith(Mark, StringComparison.Ordinal) == true);
}
