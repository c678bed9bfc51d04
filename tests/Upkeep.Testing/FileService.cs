using Upkeep.Configuration;

namespace Upkeep.Testing;

/// <summary>A service that "runs" while a file is there: what stops and starts it are real programs, and whoever asks sees at once which it is.</summary>
public static class FileService
{
    private const string Folder = "service";

    /// <summary>The service of a folder, or none where <see cref="MakeIn"/> made none.</summary>
    public static IReadOnlyList<ServiceSettings> In(string root)
    {
        var file = FileOf(root);
        return Directory.Exists(Path.GetDirectoryName(file))
            ? [new ServiceSettings { Name = "shop", Kind = ServiceKind.Command, Stop = ["rm", "-f", file], Start = ["touch", file], Status = ["test", "-e", file] }]
            : [];
    }

    /// <summary>Makes it, running.</summary>
    public static void MakeIn(string root)
    {
        Directory.CreateDirectory(Path.Combine(root, Folder));
        File.WriteAllText(FileOf(root), "");
    }

    public static bool Runs(string root) => File.Exists(FileOf(root));

    private static string FileOf(string root) => Path.Combine(root, Folder, "runs");
}
