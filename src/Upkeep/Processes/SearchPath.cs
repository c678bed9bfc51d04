namespace Upkeep.Processes;

/// <summary>Where programs are looked for that are called by their name alone (environ(7), PATH).</summary>
public static class SearchPath
{
    /// <summary>The folders, the first one first.</summary>
    /// <param name="path">Another one than our own.</param>
    public static IReadOnlyList<string> Folders(string? path = null) =>
        (path ?? Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The first file of that name, or null where there is none.</summary>
    /// <param name="path">Another one than our own.</param>
    public static string? Find(string program, string? path = null) => Folders(path).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
