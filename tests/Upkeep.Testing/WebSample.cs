namespace Upkeep.Testing;

/// <summary>The sample's front end, whose packages test.sh puts in place.</summary>
public static class WebSample
{
    /// <summary>Its folder, below the repository's.</summary>
    public static string Folder { get; } = Path.Combine(Repository(), "samples", "SceneScout", "web");

    /// <summary>The same, with its packages. Without them a laptop skips and CI fails.</summary>
    public static string WithPackages()
    {
        if (File.Exists(Path.Combine(Folder, "node_modules", ".package-lock.json")))
            return Folder;
        const string missing = "The packages of samples/SceneScout/web are not there (./test.sh installs them)";
        throw new InvalidOperationException(Environment.GetEnvironmentVariable("CI") == "true" ? missing : "$XunitDynamicSkip$" + missing);
    }

    private static string Repository()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Upkeep.slnx")))
            root = root.Parent;
        return root?.FullName ?? "/";
    }
}
