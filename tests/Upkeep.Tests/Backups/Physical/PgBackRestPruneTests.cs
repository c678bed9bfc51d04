using Upkeep.Backups;
using Upkeep.Testing;
using Upkeep.Tests.Cli;

namespace Upkeep.Tests.Backups.Physical;

/// <summary>Pruning where the repository of a real pgBackRest has its say.</summary>
public sealed class PgBackRestPruneTests(RestCluster server) : PgBackRestCase(server), IClassFixture<RestCluster>
{
    [Fact]
    public async Task A_full_backup_stays_as_long_as_differences_need_it_and_what_has_no_manifest_leaves_the_repository()
    {
        await using var database = await Server.CreateDatabaseAsync("pruned", Token);
        using var harness = new StepHarness();
        using var upkeep = new ProgramFixture(TimeProvider.System);
        var full = await TakeAsync(database.Door, harness, "full");
        var differences = await TakeAsync(database.Door, harness, "differences");
        var orphan = await TakeAsync(database.Door, harness, "orphan");
        Directory.Delete(Folder(harness, orphan), recursive: true);
        var store = new BackupStore(Settings(harness).Folder);
        await store.WriteProofAsync("differences", MadeBackups.Proof((await store.ManifestSha256Async("differences", Token))!, TimeProvider.System.GetUtcNow()), Token);
        upkeep.Configure($$"""
            platform: Test
            database: {url: "{{ProgramFixture.Url(database)}}"}
            backup:
              folder: {{Settings(harness).Folder}}
              engine: pgbackrest
              pgbackrest: {stanza: {{RestCluster.Stanza}}, configuration: {{Server.Settings.Configuration}}}
              keep: {daily: 1, weekly: 0, monthly: 0}
            """);

        (await upkeep.RunAsync("backup", "prune")).ShouldBe(0, upkeep.Log);

        upkeep.Answer.ShouldContain($"keep    full: {differences.Label}");
        upkeep.Answer.ShouldContain("can't be restored without it");
        upkeep.Answer.ShouldContain($"removed what was left of {orphan.Label}");
        var labels = (await new Upkeep.Backups.Physical.PgBackRest(PostgresServer.Programs, Server.Settings).InfoAsync(Token)).Info!.Backups.Select(backup => backup.Label);
        labels.ShouldBe([full.Label!, differences.Label!]);
        (await store.ListAsync(Token)).Select(backup => backup.Name).ShouldBe(["differences", "full"], ignoreOrder: true);
    }
}
