namespace Upkeep.Cli;

/// <summary>Which configuration file counts.</summary>
internal static class ConfigurationFile
{
    public const string Here = "upkeep.yaml";
    private const string System = "/etc/upkeep/upkeep.yaml";

    /// <summary>The file named on the command line, else the one in the current folder, else the system's; absolute.</summary>
    /// <exception cref="CommandException">There is none (exit status 2).</exception>
    public static string Find(string? named)
    {
        if (named is not null)
        {
            if (Directory.Exists(named))
                throw new CommandException(ExitStatus.Usage, $"{Path.GetFullPath(named)} is a folder, not a configuration.", $"Name the file in it: --config {Path.Join(named, Here)}");
            return File.Exists(named) ? Path.GetFullPath(named)
                : throw new CommandException(ExitStatus.Usage, $"There is no configuration {Path.GetFullPath(named)}.", "Check what --config names, or make one with: upkeep init --output FILE");
        }
        return new[] { Here, System }.FirstOrDefault(File.Exists) is { } found ? Path.GetFullPath(found)
            : throw new CommandException(ExitStatus.Usage, $"There is no configuration: neither {Path.GetFullPath(Here)} nor {System} exists.",
                "Make one with: upkeep init --database postgres://user@host/database, or name it with --config FILE");
    }
}
