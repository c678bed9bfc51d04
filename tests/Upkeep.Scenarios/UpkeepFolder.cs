using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Upkeep.Testing;

namespace Upkeep.Scenarios;

/// <summary>A folder of the test's own with a configuration, and the built program run in it.</summary>
internal sealed class UpkeepFolder : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("upkeep-scenario-").FullName;

    public string ConfigurationFile => Path.Combine(Folder, "upkeep.yaml");

    /// <summary>Where journal, lock and runs are.</summary>
    public string Root => Path.Combine(Folder, "maintenance");

    /// <summary>Variables of the program besides our own.</summary>
    public Dictionary<string, string?> Environment { get; } = new() { ["DATABASE_URL"] = null };

    /// <param name="more">YAML of the other keys.</param>
    public void Configure(string url, string more = "") => File.WriteAllText(ConfigurationFile, $"platform: Test\ndatabase:\n  url: {url}\n{more}");

    public static string Url(TestDatabase database) => Url(database.ConnectionString);

    /// <param name="connectionString">As Npgsql has it.</param>
    public static string Url(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        var user = parts.Password is { } password ? $"{parts.Username}:{Uri.EscapeDataString(password)}" : parts.Username;
        return string.Create(CultureInfo.InvariantCulture, $"postgres://{user}@{parts.Host}:{parts.Port}/{parts.Database}?sslmode=disable");
    }

    public UpkeepProcess Start(params IReadOnlyList<string> arguments) => UpkeepProcess.Start(Prepare(BuiltPrograms.Upkeep, arguments));

    /// <summary>Starts it in the foreground of a pseudo-terminal, whose keys are the process's standard input.</summary>
    public UpkeepProcess StartInTerminal(params IReadOnlyList<string> arguments)
    {
        // exec: a shell that stays would be hit by the Ctrl-C, too, and its status would be its own. A suite that was started with & hands on that SIGINT is ignored.
        var start = Prepare("script", ["--quiet", "--return", "--flush", "--command", $"exec env --default-signal=INT '{BuiltPrograms.Upkeep}' {string.Join(' ', arguments)}", "/dev/null"]);
        start.RedirectStandardInput = true;
        return UpkeepProcess.Start(start);
    }

    public async Task<Ended> RunAsync(params IReadOnlyList<string> arguments)
    {
        using var process = Start(arguments);
        return await process.EndAsync();
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private ProcessStartInfo Prepare(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        return start;
    }
}
