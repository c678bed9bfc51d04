namespace Upkeep.Testing;

/// <summary>Programs from npm that test.sh installs into artifacts/npm, because Debian doesn't have them.</summary>
public static class NpmPart
{
    /// <summary>The folder of an installed package. Without it a laptop skips and CI fails: there a green run must mean that the tests ran.</summary>
    public static string Folder(string package)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Upkeep.slnx")))
            root = root.Parent;
        var folder = Path.Combine(root?.FullName ?? "/", "artifacts", "npm", "node_modules", package);
        if (Directory.Exists(folder))
            return folder;
        var missing = $"{package} is not in artifacts/npm (./test.sh installs it)";
        throw new InvalidOperationException(Environment.GetEnvironmentVariable("CI") == "true" ? missing : "$XunitDynamicSkip$" + missing);
    }
}
