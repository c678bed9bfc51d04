using System.Runtime.CompilerServices;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using UpkeepStep = Upkeep.Running.Step;

namespace Upkeep.Architecture;

/// <summary>The loaded code, and where its source stands.</summary>
internal static class Assemblies
{
    public static ArchUnitNET.Domain.Architecture Library { get; } = new ArchLoader().LoadAssemblies(typeof(UpkeepStep).Assembly).Build();

    public static IReadOnlyList<System.Type> LibraryTypes { get; } =
        [.. typeof(UpkeepStep).Assembly.GetTypes().Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute), false) && type.FullName!.StartsWith("Upkeep.", StringComparison.Ordinal))];

    /// <summary>The rooms of the library that hold steps.</summary>
    public static string[] Slices { get; } = ["Preparation", "Database", "Performance", "Verification"];

    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    public static IEnumerable<string> Sources(params string[] folders) =>
        folders.Select(folder => Path.Combine(Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    private static string Here([CallerFilePath] string path = "") => path;
}
