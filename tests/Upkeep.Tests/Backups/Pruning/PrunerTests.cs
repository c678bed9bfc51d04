using Upkeep.Backups;
using Upkeep.Backups.Pruning;
using Upkeep.Running;
using Upkeep.Testing;
using Upkeep.Tests.Cli;

namespace Upkeep.Tests.Backups.Pruning;

/// <summary>The verb on real folders; only the clock and the dumps' contents are made up.</summary>
public sealed class PrunerTests(PostgresServer server) : IDisposable
{
    private static readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    private readonly ProgramFixture _upkeep = new(TimeProvider.System);
    private string _database = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Backups => Path.Combine(_upkeep.Folder, "backups");

    [Fact]
    public async Task What_may_expire_is_said_first_and_removed_then_with_its_reason_and_a_second_time_nothing_is()
    {
        var store = await ConfigureAsync();
        for (var ago = 0; ago < 12; ago++)
            await MakeAsync(store, $"day-{ago:00}", ago, proven: ago == 1 ? true : null);

        (await _upkeep.RunAsync("backup", "prune", "--dry-run")).ShouldBe(0);
        _upkeep.Answer.ShouldContain("keep    day-00: the newest");
        _upkeep.Answer.ShouldContain("expire  day-11: no day, week or month keeps it, and day-01 is newer and was proven to restore");
        _upkeep.Answer.ShouldContain("Nothing was changed.");
        (await store.ListAsync(Token)).Count.ShouldBe(12);

        (await _upkeep.RunAsync("backup", "prune", "--format", "json")).ShouldBe(0);
        var expired = _upkeep.Json().GetProperty("expire").EnumerateArray().Where(one => one.GetProperty("removed").GetBoolean()).Select(one => one.GetProperty("name").GetString()).ToList();
        expired.ShouldContain("day-11");
        (await store.ListAsync(Token)).Select(backup => backup.Name).ShouldBe(Enumerable.Range(0, 12).Select(ago => $"day-{ago:00}").Except(expired!));
        (await _upkeep.RunAsync("backup", "prune", "--format", "json")).ShouldBe(0);
        _upkeep.Json().GetProperty("expire").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task What_a_dead_attempt_left_goes_and_what_somebody_may_be_writing_stays()
    {
        var store = await ConfigureAsync();
        await File.WriteAllTextAsync(Path.Combine(store.Begin("live"), "toc.dat"), "being written", Token);
        await File.WriteAllTextAsync(Path.Combine(store.Begin("dead"), "toc.dat"), "torn", Token);
        await File.WriteAllTextAsync(Path.Combine(Backups, "dead.part.json"), System.Text.Json.JsonSerializer.Serialize(ProcessMark.Own with { BootId = "an earlier boot" }, Upkeep.Journal.JournalJson.Options), Token);
        Directory.CreateDirectory(Path.Combine(Backups, "unsigned.part"));

        (await _upkeep.RunAsync("backup", "prune")).ShouldBe(0);

        _upkeep.Answer.ShouldContain("removed what was left of dead: the machine was started anew since");
        _upkeep.Answer.ShouldContain("keep    live.part: somebody may still be writing it");
        Directory.GetFileSystemEntries(Backups).Select(Path.GetFileName).ShouldBe(["live.part", "live.part.json", "unsigned.part"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_word_on_who_makes_a_backup_goes_where_its_maker_died_after_the_backup_had_its_name()
    {
        var store = await ConfigureAsync();
        await MakeAsync(store, "whole", 0);
        await File.WriteAllTextAsync(Path.Combine(Backups, "whole.part.json"), System.Text.Json.JsonSerializer.Serialize(ProcessMark.Own with { BootId = "an earlier boot" }, Upkeep.Journal.JournalJson.Options), Token);

        (await _upkeep.RunAsync("backup", "prune")).ShouldBe(0);

        Directory.GetFileSystemEntries(Backups).Select(Path.GetFileName).ShouldBe(["whole"]);
    }

    [Fact]
    public async Task A_removal_that_was_begun_is_ended_and_its_backup_is_none_meanwhile()
    {
        var store = await ConfigureAsync();
        await MakeAsync(store, "going", 400);
        new StoreRemains(Backups).Retire("going");

        (await store.ListAsync(Token)).ShouldBeEmpty();
        (await _upkeep.RunAsync("backup", "prune")).ShouldBe(0);

        _upkeep.Answer.ShouldContain("removed what was left of going: its removal was begun and not ended");
        Directory.GetFileSystemEntries(Backups).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_backup_that_cannot_be_removed_is_told_with_its_cause_and_is_no_backup_any_more()
    {
        var store = await ConfigureAsync("  keep:\n    daily: 1\n    weekly: 0\n    monthly: 0\n");
        await MakeAsync(store, "new", 0, proven: true);
        await MakeAsync(store, "old", 1000);
        // A disk that somebody mounted inside it can't be removed with it.
        await using (await SmallDisk.MountAsync(Path.Combine(Backups, "old", BackupStore.DumpFolder, "disk"), "1m", Token))
        {
            (await _upkeep.RunAsync("backup", "prune")).ShouldBe(4);
            _upkeep.Answer.ShouldContain("failed  old: old can't be removed: ");
            (await store.ListAsync(Token)).Select(backup => backup.Name).ShouldBe(["new"]);
            // Unmounted by the name that it was mounted under.
            Directory.Move(Path.Combine(Backups, "old.expired.part"), Path.Combine(Backups, "old"));
        }
    }

    [Fact]
    public async Task A_run_under_way_keeps_pruning_out()
    {
        await ConfigureAsync();
        var (held, _) = RunLock.TryTake(_upkeep.Root, new RunLockHolder(ProcessMark.Own, "upkeep run", _now));
        using (held)
            (await _upkeep.RunAsync("backup", "prune")).ShouldBe(6);
        _upkeep.Log.ShouldContain("the lock is held by upkeep run");
    }

    public void Dispose() => _upkeep.Dispose();

    private async Task<BackupStore> ConfigureAsync(string more = "")
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        _database = database.Name;
        _upkeep.Configure($"platform: Test\ndatabase:\n  url: {ProgramFixture.Url(database)}\nbackup:\n  folder: {Backups}\n{more}");
        return new BackupStore(Directory.CreateDirectory(Backups).FullName);
    }

    private Task MakeAsync(BackupStore store, string name, int ago, bool? proven = null) => MadeBackups.MakeAsync(store, name, _now.AddDays(-ago), Token, proven, database: _database);
}
