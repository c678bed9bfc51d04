using Npgsql;
using Upkeep.Backups;
using Upkeep.Backups.Engines;
using Upkeep.Backups.Restoring;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Testing;
using Upkeep.Tests.Preparation.Backup;
using static Upkeep.Tests.Backups.Physical.CopiedCluster;

namespace Upkeep.Tests.Backups.Physical;

public sealed class PgBaseBackupTests(CopiedCluster server) : IClassFixture<CopiedCluster>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_restored_is_what_the_manifest_says_however_busy_the_writers_were()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        using var harness = new StepHarness();
        await using var writers = Writers.Start(database);
        await writers.WroteAsync(200, Token);

        var (manifest, problem) = await Taker(database.Door, harness).TakeAsync(Request(), Token);

        problem.ShouldBeNull();
        await writers.WroteAsync(writers.Written + 200, Token);
        await writers.DisposeAsync();
        manifest!.Point!.Exact.ShouldBeTrue();
        var engine = BackupEngines.Of(manifest.Engine, database.Door, PostgresServer.Programs, Settings(harness), TimeProvider.System);
        var folder = new BackupStore(Settings(harness).Folder).Folder(Name);
        var read = await engine.ReadBackAsync(manifest, folder, Token);
        read.Holds.ShouldBeTrue(read.Summary);
        read.Summary.ShouldContain("its log reads up to");
        var scratch = Scratch();
        var (copy, unrestored) = await engine.RestoreAsync(manifest, folder, new RestoreRequest(scratch, (_, _, _) => { }), Token);
        unrestored.ShouldBeNull();
        await using (copy)
        {
            (await DifferencesAsync(manifest, copy!.Door, Token)).ShouldBeEmpty();
            copy.Phases.Select(phase => phase.Name).ShouldBe(["files laid out", "log replayed", "server started"]);
        }
        Directory.Exists(scratch).ShouldBeFalse();
    }
}
