using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Upkeep.Processes;

namespace Upkeep.Postgres;

/// <summary>
/// A throw-away PostgreSQL cluster below a folder of its own, listening on 127.0.0.1 only, gone when disposed. The server refuses to
/// run as root, so root hands it to an unprivileged user.
/// </summary>
public sealed class TemporaryCluster : IAsyncDisposable
{
    private const string Superuser = "upkeep_demo";
    private readonly ProgramDoor _programs;
    private readonly string _bin;
    private readonly string? _runAs;

    private TemporaryCluster(ProgramDoor programs, string bin, string folder, int port, string? runAs)
    {
        _programs = programs;
        _bin = bin;
        _runAs = runAs;
        Folder = folder;
        Port = port;
    }

    /// <summary>The cluster's folder; everything of it is below.</summary>
    public string Folder { get; }

    public int Port { get; }

    /// <summary>Npgsql connection string of the superuser to a database of the cluster.</summary>
    public string ConnectionString(string database = "postgres") => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = Superuser,
        Database = database,
        SslMode = SslMode.Disable,
        IncludeErrorDetail = true,
    }.ToString();

    /// <summary>Makes and starts a cluster.</summary>
    /// <param name="folder">A folder that doesn't exist or is empty; the cluster owns it.</param>
    /// <param name="settings">Lines for postgresql.conf, for example <c>fsync = off</c>.</param>
    /// <exception cref="InvalidOperationException">There are no server programs, or a program failed; the message says what to do.</exception>
    public static async Task<TemporaryCluster> StartAsync(string folder, IReadOnlyList<string> settings, ProgramDoor programs, CancellationToken cancellationToken)
    {
        var bin = ServerPrograms.Folder("initdb")
            ?? throw new InvalidOperationException("No PostgreSQL server programs are on this machine (initdb). Install them: apt-get install postgresql postgresql-contrib");
        var runAs = Environment.IsPrivilegedProcess ? "postgres" : null;
        Directory.CreateDirectory(folder);
        var cluster = new TemporaryCluster(programs, bin, folder, FreePort(), runAs);
        if (runAs is not null)
            await cluster.MustAsync("chown", [runAs, folder], cancellationToken);
        await cluster.AsServerAsync("initdb",
            ["-D", cluster.Data, "-U", Superuser, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions", "--no-sync"], cancellationToken);
        await System.IO.File.AppendAllLinesAsync(Path.Combine(cluster.Data, "postgresql.conf"),
        [
            "listen_addresses = '127.0.0.1'",
            string.Create(CultureInfo.InvariantCulture, $"port = {cluster.Port}"),
            $"unix_socket_directories = '{folder}'",
            "logging_collector = off",
            .. settings,
        ], cancellationToken);
        await cluster.StartServerAsync(cancellationToken);
        return cluster;
    }

    private string Data => Path.Combine(Folder, "data");

    public Task StartServerAsync(CancellationToken cancellationToken) =>
        AsServerAsync("pg_ctl", ["-D", Data, "-l", Path.Combine(Folder, "server.log"), "-w", "-t", "60", "-s", "start"], cancellationToken);

    /// <param name="mode">smart, fast or immediate.</param>
    public Task StopServerAsync(string mode, CancellationToken cancellationToken) =>
        AsServerAsync("pg_ctl", ["-D", Data, "-m", mode, "-w", "-s", "stop"], cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await RunAsServerAsync("pg_ctl", ["-D", Data, "-m", "immediate", "-w", "-s", "stop"], CancellationToken.None);
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    private async Task AsServerAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var result = await RunAsServerAsync(program, arguments, cancellationToken);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with status {result.ExitCode}: {result.Error.Trim()} {result.Output.Trim()}");
    }

    private Task<ProgramResult> RunAsServerAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var full = Path.Combine(_bin, program);
        return _runAs is null
            ? _programs.RunAsync(full, arguments, Clean, null, cancellationToken)
            : _programs.RunAsync("setpriv", [$"--reuid={_runAs}", $"--regid={_runAs}", "--init-groups", "--", full, .. arguments], Clean, null, cancellationToken);
    }

    private async Task MustAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var result = await _programs.RunAsync(program, arguments, Clean, null, cancellationToken);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with status {result.ExitCode}: {result.Error.Trim()}");
    }

    // The operator's own PG* variables must not reach a cluster that isn't theirs.
    private static Dictionary<string, string?> Clean { get; } =
        new[] { "PGDATA", "PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSERVICE", "PGOPTIONS" }.ToDictionary(name => name, _ => (string?)null);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
