using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Upkeep.Testing;

namespace Upkeep.Tests.Cli;

public sealed class RunVerbTests(PostgresServer server) : IDisposable
{
    private readonly ProgramFixture _upkeep = new(TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Outside_the_window_nothing_is_started_and_the_next_one_is_named()
    {
        using var upkeep = new ProgramFixture(new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero)));
        upkeep.Configure(Yaml("postgres://me@127.0.0.1:1/none"));

        (await upkeep.RunAsync("run")).ShouldBe(5);

        upkeep.Log.ShouldContain("2026-11-29 02:00");
        upkeep.Log.ShouldContain("--ignore-window");
        Directory.Exists(upkeep.Root).ShouldBeFalse();
    }

    [Fact]
    public async Task A_second_run_is_told_who_holds_the_lock_and_since_when()
    {
        await using var database = await ConfigureAsync();
        using var holder = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Upkeep.CrashHost"), ["hold", _upkeep.Root])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        (await holder.StandardOutput.ReadLineAsync(Token)).ShouldBe("held");

        (await _upkeep.RunAsync("run", "--ignore-window", "--format", "json")).ShouldBe(6);

        _upkeep.Log.ShouldContain($"process {holder.Id} on {Environment.MachineName}) since 20");
        _upkeep.Json().GetProperty("error").GetProperty("exitStatus").GetInt32().ShouldBe(6);
        holder.StandardInput.Close();
        await holder.WaitForExitAsync(Token);
    }

    [Fact]
    public async Task An_unreachable_database_is_a_no_and_its_password_is_never_echoed()
    {
        _upkeep.Configure(Yaml("postgres://me:hunter22@127.0.0.1:1/none"));

        (await _upkeep.RunAsync("run", "--ignore-window", "--verbose")).ShouldBe(5);

        _upkeep.Log.ShouldContain("127.0.0.1:1");
        (_upkeep.Log + _upkeep.Answer).ShouldNotContain("hunter22");
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_a_mistake_in_the_configuration()
    {
        var cluster = await server.ClusterAsync(Token);
        _upkeep.Configure(Yaml(Url(cluster.ConnectionString("no_such_database"))));

        (await _upkeep.RunAsync("run", "--ignore-window")).ShouldBe(2);
        _upkeep.Log.ShouldContain("no_such_database");
    }

    [Fact]
    public async Task A_run_leaves_its_document_its_reports_and_a_folder_of_its_own_each_time()
    {
        await using var database = await ConfigureAsync();

        var status = await _upkeep.RunAsync("run", "--ignore-window", "--only", "preparation.health", "--format", "json");

        status.ShouldBeOneOf(0, 3);
        var first = _upkeep.Json().GetProperty("run").GetString()!;
        var folder = Path.Combine(_upkeep.Root, first);
        first.ShouldMatch("^weekly-[0-9]{8}$");
        File.GetUnixFileMode(folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Exists(Path.Combine(folder, "maintenance-summary.html")).ShouldBeTrue();
        File.ReadAllText(Path.Combine(folder, "run.json")).ShouldContain(first);

        await _upkeep.RunAsync("--format", "json", "run", "--ignore-window", "--only", "preparation.health");
        _upkeep.Json().GetProperty("run").GetString().ShouldBe($"{first}-2");

        (await _upkeep.RunAsync("run", "--ignore-window", "--resume")).ShouldBe(2);
        _upkeep.Log.ShouldContain("nothing to resume");
        (await _upkeep.RunAsync("rollback")).ShouldBe(2);
        _upkeep.Log.ShouldContain("No run in the journal has changed anything");
    }

    [Fact]
    public async Task A_root_that_is_a_file_is_a_mistake_in_the_configuration_and_is_named()
    {
        await using var database = await ConfigureAsync();
        await File.WriteAllTextAsync(_upkeep.Root, "not a folder", Token);

        (await _upkeep.RunAsync("run", "--ignore-window")).ShouldBe(2);

        _upkeep.Log.ShouldContain($"The folder {_upkeep.Root} (root in the configuration) can't be made or written");
        _upkeep.Log.ShouldNotContain("Unexpected error");
    }

    [Fact]
    public async Task A_dry_run_leaves_nothing_behind()
    {
        await using var database = await ConfigureAsync();

        (await _upkeep.RunAsync("run", "--dry-run", "--only", "preparation.health")).ShouldBeOneOf(0, 3);

        Directory.Exists(_upkeep.Root).ShouldBeFalse();
    }

    [Theory]
    [InlineData("Did you mean database.vacuum?", "run", "--only", "database.vacum")]
    [InlineData("can't be combined", "run", "--resume", "--skip", "database")]
    [InlineData("Did you mean run?", "rnu")]
    [InlineData("Did you mean --resume?", "run", "--resmue")]
    [InlineData("--format", "--format", "xml", "run")]
    public async Task A_wrong_command_line_ends_with_2_and_a_hint(string hint, params string[] arguments)
    {
        var call = await UpkeepCall.RunAsync(arguments);

        ((int)call.Status).ShouldBe(2, call.Log);
        call.Log.ShouldContain(hint);
        call.Answer.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("run", "--version")]
    [InlineData("--verbose", "--version")]
    public async Task The_version_is_told_before_and_after_a_verb(params string[] arguments)
    {
        var call = await UpkeepCall.RunAsync(arguments);

        ((int)call.Status).ShouldBe(0);
        call.Answer.ShouldMatch("^[0-9]+\\.[0-9]+\\.[0-9]+");
    }

    public void Dispose() => _upkeep.Dispose();

    private async Task<TestDatabase> ConfigureAsync()
    {
        var database = await server.CreateDatabaseAsync(Token);
        _upkeep.Configure(Yaml(Url(database.ConnectionString)));
        return database;
    }

    private static string Url(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        return $"postgres://{parts.Username}@{parts.Host}:{parts.Port}/{parts.Database}";
    }

    private static string Yaml(string url) => $"platform: Test\ndatabase:\n  url: {url}\n";
}
