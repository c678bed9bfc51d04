using Upkeep.Processes;

namespace Upkeep.Cli.Demo;

/// <summary>The sample platform's program, which the build puts beside ours.</summary>
/// <param name="database">Address of its database; has no password.</param>
internal sealed class SceneScoutProgram(ProgramDoor programs, string database)
{
    private const string Listening = "listening on ";
    private const string Nights = "14";
    private const string CutShort = "4";

    private static readonly string _path = Path.Combine(AppContext.BaseDirectory, "scenescout", "scenescout");

    private Dictionary<string, string?> Environment => new() { ["DATABASE_URL"] = database };

    /// <summary>Makes the schema and fills it.</summary>
    public async Task FillAsync(DemoSettings settings, CancellationToken cancellationToken)
    {
        await MustAsync(["migrate"], cancellationToken);
        await MustAsync(["seed", "--scale", settings.ScaleText, "--seed", settings.SeedText, "--logs", settings.Logs], cancellationToken);
    }

    /// <summary>Lets the sample's own nightly job leave its dumps of the last nights, one of them cut short as on a full disk.</summary>
    /// <param name="pgDump">Full path of the program.</param>
    public Task LeaveNightsAsync(DemoSettings settings, string pgDump, CancellationToken cancellationToken) =>
        MustAsync(["nightly", "--folder", settings.Nightly, "--nights", Nights, "--cut-short", CutShort, "--pg-dump", pgDump], cancellationToken);

    /// <summary>Starts the site with a few visitors a second; it ends with us.</summary>
    /// <returns>The site and its address.</returns>
    public async Task<(Companion Site, Uri Address)> ServeAsync(DemoSettings settings, CancellationToken cancellationToken)
    {
        var site = Companion.Start(_path,
            ["serve", "--urls", "http://127.0.0.1:0", "--logs", settings.Logs, "--visitors", "5", "--seed", settings.SeedText, "--while-stdin-open"], Environment);
        var line = await site.ReadLineAsync(cancellationToken);
        if (line?.StartsWith(Listening, StringComparison.Ordinal) == true)
            return (site, new Uri(line[Listening.Length..]));
        var error = await site.ReadErrorAsync(cancellationToken);
        site.Dispose();
        throw new InvalidOperationException($"The SceneScout site did not start: {line} {error.Trim()}");
    }

    /// <summary>Tells the site to outlive us.</summary>
    public static void Keep(Companion site) => site.Say("stay");

    private async Task MustAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var result = await programs.RunAsync(_path, arguments, Environment, null, cancellationToken);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"scenescout {arguments[0]} ended with status {result.ExitCode}: {result.Error.Trim()}");
    }
}
