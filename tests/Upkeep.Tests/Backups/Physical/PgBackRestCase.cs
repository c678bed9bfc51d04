using Upkeep.Backups;
using Upkeep.Backups.Engines;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Testing;

namespace Upkeep.Tests.Backups.Physical;

/// <summary>What tests on a pgBackRest repository have in common. Each class has a repository of its own: what is in it decides the kind of the next backup.</summary>
public abstract class PgBackRestCase(RestCluster server)
{
    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected RestCluster Server { get; } = server;

    private protected async Task<BackupManifest> TakeAsync(DatabaseDoor door, StepHarness harness, string name)
    {
        var (manifest, problem) = await new BackupTaker(door, PostgresServer.Programs, Settings(harness), TimeProvider.System).TakeAsync(new BackupRequest(name, StepHarness.Run, (_, _, _) => { }), Token);
        problem.ShouldBeNull();
        return manifest!;
    }

    private protected BackupSettings Settings(StepHarness harness) => CopiedCluster.Settings(harness) with { Engine = BackupEngineName.PgBackRest, PgBackRest = Server.Settings };

    private protected PgBackRestEngine Engine(DatabaseDoor door, StepHarness harness) => new(door, PostgresServer.Programs, Settings(harness), TimeProvider.System);

    private protected string Folder(StepHarness harness, BackupManifest manifest) => new BackupStore(Settings(harness).Folder).Folder(manifest.Name);
}
