namespace Upkeep.Scenarios;

/// <summary>The programs where their own build put them: bin/CONFIGURATION/FRAMEWORK, as ours is.</summary>
internal static class BuiltPrograms
{
    private static readonly DirectoryInfo _ours = new(AppContext.BaseDirectory.TrimEnd('/'));

    public static string Upkeep { get; } =
        Path.Combine(_ours.Parent!.Parent!.Parent!.Parent!.Parent!.FullName, "src", "Upkeep.Cli", "bin", _ours.Parent.Name, _ours.Name, "upkeep");

    /// <summary>The sample platform, beside it.</summary>
    public static string SceneScout { get; } = Path.Combine(Path.GetDirectoryName(Upkeep)!, "scenescout", "scenescout");
}
