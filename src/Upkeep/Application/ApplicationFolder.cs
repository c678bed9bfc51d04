using Upkeep.Configuration;
using Upkeep.Running;

namespace Upkeep.Application;

/// <summary>The source folder: whether there is one to look at.</summary>
internal static class ApplicationFolder
{
    /// <returns>Why there is none; else null.</returns>
    public static Problem? Missing(ApplicationSettings settings)
    {
        if (settings.Folder is not { } folder)
            return new Problem("no source folder is configured", "Name it under application: folder.");
        if (!Directory.Exists(folder))
            return new Problem($"there is no folder {folder}", "Correct the path under application: folder.");
        try
        {
            _ = Directory.EnumerateFileSystemEntries(folder).Any();
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new Problem($"the folder {folder} can't be read: {problem.Message}", "Let the user that upkeep runs as read it.");
        }
    }
}
