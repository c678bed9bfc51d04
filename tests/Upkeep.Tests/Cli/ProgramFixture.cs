using System.Text.Json;
using Npgsql;
using Upkeep.Cli;
using Upkeep.Testing;

namespace Upkeep.Tests.Cli;

/// <summary>The program in a folder of the test's own, with its streams caught. Everything but the process is real.</summary>
internal sealed class ProgramFixture(TimeProvider time) : IDisposable
{
    private readonly StringWriter _answer = new();
    private readonly StringWriter _log = new();

    public string Folder { get; } = Directory.CreateTempSubdirectory("upkeep-cli-").FullName;

    /// <summary>Where journal, lock and runs would be.</summary>
    public string Root => Path.Combine(Folder, "maintenance");

    /// <summary>What the last call wrote to stdout.</summary>
    public string Answer => _answer.ToString();

    /// <summary>What the last call wrote to stderr.</summary>
    public string Log => _log.ToString();

    public void Configure(string yaml) => File.WriteAllText(Path.Combine(Folder, "upkeep.yaml"), yaml);

    public async Task<int> RunAsync(params IReadOnlyList<string> arguments)
    {
        _answer.GetStringBuilder().Clear();
        _log.GetStringBuilder().Clear();
        return (int)await new UpkeepProgram(_answer, _log, time).RunAsync([.. arguments, "--config", Path.Combine(Folder, "upkeep.yaml")]);
    }

    /// <summary>A test's database as a configuration names it.</summary>
    public static string Url(TestDatabase database)
    {
        var parts = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        return $"postgres://{parts.Username}@{parts.Host}:{parts.Port}/{parts.Database}";
    }

    /// <summary>The one JSON document on stdout.</summary>
    public JsonElement Json() => JsonDocument.Parse(Answer).RootElement;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        _answer.Dispose();
        _log.Dispose();
    }
}
