using System.Globalization;
using System.Text.RegularExpressions;
using Upkeep.Postgres;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups;

/// <summary>pg_dump and pg_restore of one version.</summary>
/// <param name="Version">As pg_dump reports it, for example <c>16.4</c>.</param>
public sealed partial record DumpPrograms(string Folder, string Version, int Major)
{
    public string Dump => Path.Combine(Folder, "pg_dump");

    public string Restore => Path.Combine(Folder, "pg_restore");

    /// <summary>The programs, or why there are none that can dump a server of this version.</summary>
    public static async Task<(DumpPrograms? Programs, Problem? Problem)> FindAsync(ProgramDoor door, string? configured, int serverMajor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(door);
        if (ServerPrograms.Folder("pg_dump", configured) is not { } folder || !File.Exists(Path.Combine(folder, "pg_restore")))
        {
            return (null, new Problem(
                configured is null ? "pg_dump and pg_restore are not on this machine." : $"There is no pg_dump and pg_restore in {configured}.",
                $"Install them (Debian: apt-get install postgresql-client-{serverMajor}), or name their folder under backup: programFolder."));
        }
        var result = await door.RunAsync(Path.Combine(folder, "pg_dump"), ["--version"], new Dictionary<string, string?>(), null, cancellationToken);
        if (result.ExitCode != 0 || VersionPattern().Match(result.Output) is not { Success: true } match)
            return (null, new Problem($"{folder}/pg_dump --version ended with status {result.ExitCode}: {(result.Output + result.Error).Trim()}", "Reinstall the PostgreSQL client programs."));
        var found = new DumpPrograms(folder, match.Groups["version"].Value, int.Parse(match.Groups["major"].Value, CultureInfo.InvariantCulture));
        return found.Major >= serverMajor
            ? (found, null)
            : (null, new Problem(
                $"pg_dump in {folder} is version {found.Version} and can't dump a server of version {serverMajor}.",
                $"Install pg_dump {serverMajor} or newer (Debian: apt-get install postgresql-client-{serverMajor}), or name its folder under backup: programFolder."));
    }

    [GeneratedRegex(@"\(PostgreSQL\)\s+(?<version>(?<major>\d+)[\w.]*)", RegexOptions.CultureInvariant)]
    private static partial Regex VersionPattern();
}
