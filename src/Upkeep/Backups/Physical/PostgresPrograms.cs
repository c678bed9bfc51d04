using System.Globalization;
using System.Text.RegularExpressions;
using Upkeep.Postgres;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups.Physical;

/// <summary>PostgreSQL programs of one major version: what copies a server's files must be of the server's own.</summary>
/// <param name="Folder">Where they are.</param>
/// <param name="Version">As the first of them reports it, for example <c>15.18</c>.</param>
public sealed partial record PostgresPrograms(string Folder, string Version)
{
    public string this[string program] => Path.Combine(Folder, program);

    /// <summary>Finds programs of a major version: in the configured folder, else in Debian's folder of that version, else along PATH.</summary>
    /// <param name="package">What Debian calls the package that holds them, without the version.</param>
    public static async Task<(PostgresPrograms? Programs, Problem? Problem)> FindAsync(ProgramDoor door, string? configured, int major, string package, string[] programs,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(door);
        ArgumentNullException.ThrowIfNull(programs);
        var debian = string.Create(CultureInfo.InvariantCulture, $"/usr/lib/postgresql/{major}/bin");
        var hint = string.Create(CultureInfo.InvariantCulture, $"Install version {major} (Debian: apt-get install {package}-{major}), or name the folder of its programs under backup: programFolder.");
        string? other = null;
        foreach (var folder in new[] { configured, debian, ServerPrograms.Folder(programs[0]) }.OfType<string>().Distinct().Where(folder => programs.All(program => File.Exists(Path.Combine(folder, program)))))
        {
            var result = await door.RunAsync(Path.Combine(folder, programs[0]), ["--version"], new Dictionary<string, string?>(), null, cancellationToken);
            if (VersionPattern().Match(result.Output) is not { Success: true } match)
                continue;
            if (int.Parse(match.Groups["major"].Value, CultureInfo.InvariantCulture) == major)
                return (new PostgresPrograms(folder, match.Groups["version"].Value), null);
            other = $"{programs[0]} in {folder} is version {match.Groups["version"].Value}, and the server's files are of version {major}: they must be the same.";
        }
        return (null, new Problem(other ?? $"{string.Join(", ", programs)} of version {major} are not on this machine.", hint));
    }

    [GeneratedRegex(@"\(PostgreSQL\)\s+(?<version>(?<major>\d+)[\w.]*)", RegexOptions.CultureInvariant)]
    private static partial Regex VersionPattern();
}
