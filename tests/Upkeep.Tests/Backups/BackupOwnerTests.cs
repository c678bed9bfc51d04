using Upkeep.Backups;
using Upkeep.Journal;
using Upkeep.Testing;
using Upkeep.Tests.Rollback;

namespace Upkeep.Tests.Backups;

/// <summary>Two servers with a database of one name may share a store; what is one's is never taken for the other's.</summary>
public sealed class BackupOwnerTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_of_another_server_is_not_swapped_in_and_the_way_after_a_move_is_told()
    {
        await using var test = await RollbackCase.CreateAsync(server);
        var before = await test.ContentAsync();
        var file = Path.Combine(test.Root, "backups", RollbackCase.Backup, BackupStore.ManifestFile);
        var own = await test.Database.ScalarAsync<string>("select system_identifier::text from pg_control_system()", Token);
        var text = await File.ReadAllTextAsync(file, Token);
        text.ShouldContain($"\"server\": \"{own}\"");
        await File.WriteAllTextAsync(file, text.Replace(own!, "7000000000000000001", StringComparison.Ordinal), Token);

        var step = RollbackCase.Steps(await test.FullAsync())[0];

        step.Status.ShouldBe(StepStatus.Refused);
        step.Reason!.ShouldContain($"on another server (system 7000000000000000001; the platform's database is on {own})");
        (await test.ContentAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task The_newest_of_ours_is_neither_another_databases_nor_another_servers_and_an_older_manifest_counts()
    {
        using var harness = new StepHarness();
        var store = new BackupStore(Path.Combine(harness.Root, "backups"));
        var at = TimeProvider.System.GetUtcNow();
        await MadeBackups.MakeAsync(store, "ours", at.AddDays(-3), Token);
        await MadeBackups.MakeAsync(store, "billing", at.AddDays(-1), Token, database: "billing");
        await MadeBackups.MakeAsync(store, "staging", at.AddDays(-2), Token);
        var file = Path.Combine(store.Folder("staging"), BackupStore.ManifestFile);
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, Token)).Replace("\"server\": null", "\"server\": \"7002\"", StringComparison.Ordinal), Token);

        (await store.NewestAsync(new BackupOwner(MadeBackups.Database, "7001"), Token))!.Name.ShouldBe("ours");
        (await store.NewestAsync(new BackupOwner(MadeBackups.Database, "7002"), Token))!.Name.ShouldBe("staging");
        (await store.NewestAsync(new BackupOwner("other", null), Token)).ShouldBeNull();
    }
}
