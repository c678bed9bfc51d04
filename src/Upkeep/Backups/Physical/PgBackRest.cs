using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Upkeep.Configuration;
using Upkeep.Postgres.Clusters;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups.Physical;

/// <summary>Calls pgbackrest, as the user that the server runs as where we are root: it refuses to make files that this user couldn't read.</summary>
internal sealed partial class PgBackRest(ProgramDoor door, PgBackRestSettings settings)
{
    private static readonly Version _annotates = new(2, 41);
    private static readonly Version _verifiesOne = new(2, 55);

    private string Program => settings.Program ?? "pgbackrest";

    /// <summary>Its version, for example <c>2.45</c>.</summary>
    public async Task<(Version? Version, Problem? Problem)> VersionAsync(CancellationToken cancellationToken)
    {
        var result = await door.RunAsync(Program, ["version"], new Dictionary<string, string?>(), null, cancellationToken);
        return result.ExitCode == 0 && VersionPattern().Match(result.Output) is { Success: true } match
            ? (Version.Parse(match.Groups["version"].Value), null)
            : (null, new Problem(result.ExitCode == 127 ? $"{Program} is not on this machine." : $"{Program} version ended with status {result.ExitCode}: {(result.Output + result.Error).Trim()}",
                "Install it (Debian: apt-get install pgbackrest), or name the program under backup: pgbackrest: program."));
    }

    /// <summary>What its repository holds of our stanza.</summary>
    public async Task<(RestInfo? Info, Problem? Problem)> InfoAsync(CancellationToken cancellationToken)
    {
        var result = await RunAsync(["--output=json", "info"], null, cancellationToken);
        if (result.ExitCode != 0)
            return (null, ProgramFailures.Explain("pgbackrest info", result));
        try
        {
            var info = JsonSerializer.Deserialize<List<RestInfo>>(result.Output, RestInfo.Json)?.FirstOrDefault(stanza => stanza.Name == settings.Stanza);
            return info is { Databases.Count: > 0 } ? (info, null) : (null, new Problem(
                $"pgbackrest knows no stanza {settings.Stanza}{(info is null ? "" : $": {info.Status.Message}")}.",
                $"Make it as the server's user: pgbackrest --stanza={settings.Stanza} stanza-create, or name yours under backup: pgbackrest: stanza."));
        }
        catch (JsonException problem)
        {
            return (null, new Problem($"pgbackrest's answer can't be read: {problem.Message}", "Look at: pgbackrest info --output=json"));
        }
    }

    /// <param name="annotations">What the backup is to be known by (<c>key=value</c>), where the version can.</param>
    /// <param name="copied">Hears the share that is copied, from 0 to 100.</param>
    public async Task<Problem?> BackUpAsync(string type, IReadOnlyList<string> annotations, Version version, int jobs, Action<double> copied, CancellationToken cancellationToken)
    {
        var result = await RunAsync(
        [
            $"--type={type}",
            string.Create(CultureInfo.InvariantCulture, $"--process-max={Math.Max(1, jobs)}"),
            "--start-fast",
            // What expires is decided where it is known which backups were proven to restore.
            "--no-expire-auto",
            .. version >= _annotates ? annotations.Select(annotation => $"--annotation={annotation}") : [],
            "--log-level-stderr=detail",
            "backup",
        ], line => Hear(line, copied), cancellationToken);
        return result.ExitCode == 0 ? null : ProgramFailures.Explain("pgbackrest backup", result);
    }

    /// <summary>Whether it was kept from its work by another pgbackrest on the stanza.</summary>
    public static bool IsBusy(Problem problem) => problem.What.Contains("unable to acquire lock", StringComparison.Ordinal);

    /// <summary>Fetches a segment of log from the repository; false where it isn't there yet.</summary>
    public async Task<bool> FetchAsync(string segment, string target, CancellationToken cancellationToken) =>
        (await RunAsync(["--no-archive-async", "archive-get", segment, target], null, cancellationToken)).ExitCode == 0;

    /// <summary>Lays a backup out in an empty data folder that belongs to the server's user.</summary>
    public async Task<Problem?> RestoreAsync(string label, string data, string spaces, int jobs, CancellationToken cancellationToken)
    {
        var result = await RunAsync(
        [
            // Its configuration names production's folder and may name production's host: neither is to be touched.
            $"--pg1-path={data}", "--reset-pg1-host", $"--tablespace-map-all={spaces}", $"--set={label}",
            string.Create(CultureInfo.InvariantCulture, $"--process-max={Math.Max(1, jobs)}"),
            "restore",
        ], null, cancellationToken);
        return result.ExitCode == 0 ? null : ProgramFailures.Explain("pgbackrest restore", result);
    }

    /// <summary>Reads every file of the repository, or of one backup where the version can. It ends with 0 whatever it finds: the text tells.</summary>
    public async Task<(string? Text, Problem? Problem)> VerifyAsync(string label, Version version, CancellationToken cancellationToken)
    {
        var result = await RunAsync(["--output=text", "--verbose", .. version >= _verifiesOne ? [$"--set={label}"] : Array.Empty<string>(), "verify"], null, cancellationToken);
        return result.ExitCode == 0 ? (result.Output, null) : (null, ProgramFailures.Explain("pgbackrest verify", result));
    }

    public async Task<Problem?> ExpireAsync(string label, CancellationToken cancellationToken)
    {
        var result = await RunAsync([$"--set={label}", "expire"], null, cancellationToken);
        return result.ExitCode == 0 ? null : ProgramFailures.Explain("pgbackrest expire", result);
    }

    /// <summary>The command with which a recovering server fetches its log.</summary>
    public string RestoreCommand(string data) =>
        string.Join(' ', new[] { Program }.Concat(Common()).Append("--no-archive-async").Append($"--pg1-path={data}").Append("--log-level-file=off").Select(Quoted)) + " archive-get %f \"%p\"";

    private IEnumerable<string> Common() =>
    [
        $"--stanza={settings.Stanza}",
        .. settings.Configuration is { } file ? [$"--config={file}"] : Array.Empty<string>(),
    ];

    private Task<ProgramResult> RunAsync(IReadOnlyList<string> arguments, Action<string>? onErrorLine, CancellationToken cancellationToken)
    {
        string[] all = [.. Common(), "--log-level-console=off", .. arguments];
        return ClusterAccount.Choose() is { } account
            ? door.RunAsync("setpriv", account.BoundPrefix(Program, all), new Dictionary<string, string?>(), onErrorLine, cancellationToken)
            : door.RunAsync(Program, all, new Dictionary<string, string?>(), onErrorLine, cancellationToken);
    }

    private static void Hear(string line, Action<double> copied)
    {
        if (Share().Match(line) is { Success: true } match)
            copied(double.Parse(match.Groups["share"].Value, CultureInfo.InvariantCulture));
    }

    // The server hands it to a shell, and reads a percent sign as its own.
    private static string Quoted(string argument) => $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"pgBackRest (?<version>\d+\.\d+(\.\d+)?)", RegexOptions.CultureInvariant)]
    private static partial Regex VersionPattern();

    [GeneratedRegex(@", (?<share>\d+(\.\d+)?)%\)", RegexOptions.CultureInvariant)]
    private static partial Regex Share();
}
