using System.Text.Json;
using Upkeep.Backups;
using Upkeep.Running;
using Upkeep.Testing;

namespace Upkeep.Tests.Cli;

public sealed class BackupVerbTests(PostgresServer server) : IDisposable
{
    private readonly ProgramFixture _upkeep = new(TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private BackupStore Store => new(Path.Combine(_upkeep.Folder, "backups"));

    [Fact]
    public async Task A_backup_of_a_name_of_ones_own_is_made_with_its_manifest_and_listed_with_its_rows()
    {
        await using var database = await ConfigureAsync("create table t as select g from generate_series(1, 1234) g");

        (await _upkeep.RunAsync("backup", "create", "--name", "before-import_2", "--format", "json")).ShouldBe(0, _upkeep.Log);

        var manifest = _upkeep.Json();
        manifest.GetProperty("name").GetString().ShouldBe("before-import_2");
        manifest.GetProperty("content").GetProperty("tables")[0].GetProperty("rows").GetInt64().ShouldBe(1234);
        JsonElement.DeepEquals(manifest, JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Store.Folder("before-import_2"), BackupStore.ManifestFile), Token)).RootElement).ShouldBeFalse("nulls are absent on stdout");
        Directory.GetFileSystemEntries(Path.Combine(_upkeep.Folder, "backups")).Select(Path.GetFileName).ShouldBe(["before-import_2"]);

        (await _upkeep.RunAsync("backup", "list")).ShouldBe(0);
        _upkeep.Answer.ShouldContain("before-import_2");
        _upkeep.Answer.ShouldContain("1,234");
        (await _upkeep.RunAsync("backup", "list", "--format", "json")).ShouldBe(0);
        var listed = _upkeep.Json().GetProperty("backups")[0];
        listed.GetProperty("rows").GetInt64().ShouldBe(1234);
        listed.GetProperty("kind").GetString().ShouldBe("pg_dump");
        listed.TryGetProperty("proof", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Without_a_name_it_is_called_by_the_platforms_clock()
    {
        await using var database = await ConfigureAsync();

        (await _upkeep.RunAsync("backup", "create")).ShouldBe(0, _upkeep.Log);

        var made = (await Store.ListAsync(Token)).ShouldHaveSingleItem();
        var local = TimeZoneInfo.ConvertTime(made.Manifest!.StartedAt, TimeZoneInfo.FindSystemTimeZoneById("America/Toronto"));
        made.Name.ShouldMatch("^manual-[0-9]{8}-[0-9]{6}$");
        made.Name.ShouldStartWith($"manual-{local:yyyyMMdd-HH}");
        made.Manifest.Run.ShouldBeNull();
    }

    [Theory]
    [InlineData("../escape")]
    [InlineData("a.part")]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("-rf")]
    public async Task A_name_that_could_leave_the_folder_or_pass_for_something_unfinished_is_refused(string name)
    {
        await using var database = await ConfigureAsync();

        (await _upkeep.RunAsync("backup", "create", $"--name={name}")).ShouldBe(2);

        _upkeep.Log.ShouldContain("hint: ");
        Directory.Exists(Path.Combine(_upkeep.Folder, "backups")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_backup_that_is_there_is_never_overwritten()
    {
        await using var database = await ConfigureAsync();
        (await _upkeep.RunAsync("backup", "create", "--name", "one")).ShouldBe(0, _upkeep.Log);
        var before = await Store.ManifestSha256Async("one", Token);

        (await _upkeep.RunAsync("backup", "create", "--name", "one")).ShouldBe(2);

        _upkeep.Log.ShouldContain("none is ever overwritten");
        (await Store.ManifestSha256Async("one", Token)).ShouldBe(before);
    }

    [Fact]
    public async Task A_backup_that_can_not_be_made_ends_with_4_its_cause_and_a_hint_that_fits()
    {
        await using var database = await ConfigureAsync("create table held (a int)");
        await using var locked = await Locked.HoldAsync(database, "held", Token);

        (await _upkeep.RunAsync("backup", "create", "--name", "one", "--format", "json")).ShouldBe(4);

        _upkeep.Json().GetProperty("error").GetProperty("exitStatus").GetInt32().ShouldBe(4);
        _upkeep.Log.ShouldContain("held");
        _upkeep.Log.ShouldNotContain("--resume");
        Directory.GetFileSystemEntries(Path.Combine(_upkeep.Folder, "backups")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_under_way_keeps_a_second_backup_out_and_a_list_may_be_asked_at_any_time()
    {
        await using var database = await ConfigureAsync();
        var (held, _) = RunLock.TryTake(_upkeep.Root, new RunLockHolder(ProcessMark.Own, "upkeep run", TimeProvider.System.GetUtcNow()));
        using (held)
        {
            (await _upkeep.RunAsync("backup", "create")).ShouldBe(6);
            (await _upkeep.RunAsync("backup", "list")).ShouldBe(0);
        }
        _upkeep.Answer.ShouldContain("The first: upkeep backup create");
    }

    [Fact]
    public async Task Without_a_word_on_what_to_do_the_help_is_named()
    {
        (await UpkeepCall.RunAsync("backup")).Log.ShouldContain("upkeep backup --help");
    }

    public void Dispose() => _upkeep.Dispose();

    private async Task<TestDatabase> ConfigureAsync(string? schema = null)
    {
        var database = await server.CreateDatabaseAsync(Token, schema);
        _upkeep.Configure($"platform: Test\ndatabase:\n  url: {ProgramFixture.Url(database)}\nwindow:\n  timeZone: America/Toronto\nbackup:\n  folder: {Path.Combine(_upkeep.Folder, "backups")}\n");
        return database;
    }
}
