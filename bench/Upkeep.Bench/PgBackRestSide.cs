using System.Globalization;
using Npgsql;
using Upkeep.Postgres;
using Upkeep.Processes;

namespace Upkeep.Bench;

/// <summary>
/// <c>pgbackrest backup</c> (full, zstd, as many processes as ours) and <c>pgbackrest restore</c>, the restored server started and brought to
/// the backup's end. Runs as the server's user, as pgBackRest wants.
/// </summary>
internal sealed class PgBackRestSide(TemporaryCluster source, string root)
{
    private const string Stanza = "bench";

    private string Folder { get; } = Path.Combine(root, "pgbackrest");

    private string Data => Path.Combine(Folder, "copy");

    /// <summary>What the source needs to be archived, before it is filled: the command comes when the sample is there.</summary>
    public static IReadOnlyList<string> ServerSettings(string root) =>
        ["archive_mode = on", "archive_command = '/bin/true'", $"unix_socket_directories = '{Path.Combine(root, "source", "data")}'"];

    /// <returns>Whether the program is here.</returns>
    public async Task<bool> PrepareAsync()
    {
        if (!File.Exists("/usr/bin/pgbackrest"))
            return false;
        Directory.CreateDirectory(Folder);
        File.SetUnixFileMode(Folder, (UnixFileMode)0b111_111_111);
        var connection = new NpgsqlConnectionStringBuilder(source.ConnectionString());
        await File.WriteAllTextAsync(Path.Combine(Folder, "pgbackrest.conf"), string.Create(CultureInfo.InvariantCulture,
            $"""
            [global]
            repo1-path={Folder}/repo
            repo1-retention-full=1
            compress-type=zst
            process-max={Environment.ProcessorCount}
            start-fast=y
            log-path={Folder}
            lock-path={Folder}/lock
            log-level-file=off
            log-level-console=warn

            [{Stanza}]
            pg1-path={source.Folder}/data
            pg1-port={source.Port}
            pg1-socket-path={source.Folder}/data
            pg1-user={connection.Username}

            """));
        await RunAsync($"{Program} stanza-create");
        await using var session = new NpgsqlConnection(source.ConnectionString());
        await session.OpenAsync();
        await session.ExecuteAsync($"alter system set archive_command = '{Program} archive-push %p'", CancellationToken.None);
        await session.ExecuteAsync("select pg_reload_conf()", CancellationToken.None);
        return true;
    }

    public Task BackUpAsync() => RunAsync($"{Program} --type=full backup");

    /// <summary>Restores, starts the copy, runs the checks on it, and takes it away.</summary>
    /// <param name="checks">Gets the copy's port.</param>
    public async Task RestoreAsync(Func<int, Task> checks)
    {
        await RunAsync($"mkdir -m 700 {Data} && {Program} --pg1-path={Data} --type=immediate --target-action=promote restore");
        var port = TemporaryClusterPort();
        await RunAsync($"{source.ProgramFolder}/pg_ctl -D {Data} -w -t 600 -l {Folder}/copy.log -o '-p {port} -c unix_socket_directories= -c archive_mode=off' start");
        try
        {
            await checks(port);
        }
        finally
        {
            await RunAsync($"{source.ProgramFolder}/pg_ctl -D {Data} -w -m immediate stop && rm -r {Data}");
        }
    }

    /// <summary>Bytes of the newest backup in the repository, without the log.</summary>
    public long Bytes() =>
        new DirectoryInfo(Path.Combine(Folder, "repo", "backup", Stanza)).EnumerateDirectories("*F").MaxBy(folder => folder.Name, StringComparer.Ordinal)!
            .EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    private string Program => $"pgbackrest --config={Folder}/pgbackrest.conf --stanza={Stanza}";

    private static int TemporaryClusterPort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task RunAsync(string line)
    {
        var result = await source.RunBesideAsync(new ProgramCall("sh", ["-c", line], new Dictionary<string, string?>()), CancellationToken.None);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"{line} ended with status {result.ExitCode}: {result.Output}{result.Error}");
    }
}
