using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Upkeep.Postgres.Clusters;
using Upkeep.Processes;

namespace Upkeep.Postgres;

/// <summary>
/// A throw-away PostgreSQL cluster below a folder of its own, listening on 127.0.0.1 only, gone when disposed and also when its owner is
/// killed: a janitor process takes it away then. The server refuses to run as root, so root hands it to an unprivileged user.
/// </summary>
public sealed class TemporaryCluster : IAsyncDisposable
{
    private const string Superuser = "upkeep_demo";

    // A name that a platform's own role hardly has: a restore makes those.
    private const string PrivateSuperuser = "upkeep_scratch";

    // Another program may take the port between our look and the server's start.
    private const int PortAttempts = 5;

    private readonly ClusterPrograms _programs;
    private readonly ClusterFolder _folder;
    private readonly Companion? _janitor;
    private ClusterLogin _login = new(Superuser, null);

    private TemporaryCluster(ClusterPrograms programs, ClusterFolder folder, Companion? janitor)
    {
        _programs = programs;
        _folder = folder;
        _janitor = janitor;
    }

    /// <summary>The cluster's folder; everything of it is below.</summary>
    public string Folder => _folder.Path;

    public int Port { get; private set; }

    /// <summary>Folder of the server programs that it runs with.</summary>
    public string ProgramFolder => _programs.Bin;

    /// <summary>Npgsql connection string of the superuser to a database of the cluster.</summary>
    public string ConnectionString(string database = "postgres") => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = _login.Role,
        Password = _login.Password,
        Database = database,
        SslMode = SslMode.Disable,
        IncludeErrorDetail = true,
    }.ToString();

    /// <inheritdoc cref="StartAsync(ClusterSettings, ProgramDoor, CancellationToken)"/>
    public static Task<TemporaryCluster> StartAsync(string folder, IReadOnlyList<string> settings, ProgramDoor programs, CancellationToken cancellationToken) =>
        StartAsync(new ClusterSettings { Folder = folder, Configuration = settings }, programs, cancellationToken);

    /// <summary>Makes and starts a cluster. What a dead owner left in the same folder is taken away first.</summary>
    /// <exception cref="ClusterException">There are no server programs, the folder is somebody's, or a program failed; the message says what to do.</exception>
    public static async Task<TemporaryCluster> StartAsync(ClusterSettings settings, ProgramDoor programs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var door = Programs(settings, programs);
        var folder = ClusterFolder.At(settings.Folder);
        await TakeOverAsync(folder, programs, cancellationToken);
        // The janitor first: whenever we are killed from here on, what is there by then is known as ours and goes.
        var janitor = Janitor.Start(folder);
        try
        {
            folder.Claim(door.Bin);
        }
        catch
        {
            if (janitor is not null)
                await Janitor.DismissAsync(janitor);
            throw;
        }
        var cluster = new TemporaryCluster(door, folder, janitor);
        try
        {
            await cluster.MakeAsync(settings, cancellationToken);
            await cluster.StartOnFreePortAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the server could live in a folder: its user must be able to get there. Root's own folders, for example, are closed to it.</summary>
    /// <param name="folder">A folder that exists.</param>
    public static Task<bool> CanLiveInAsync(string folder, ProgramDoor programs, CancellationToken cancellationToken) =>
        Programs(new ClusterSettings { Folder = folder }, programs).CanReachAsync(folder, cancellationToken);

    /// <summary>Takes away the cluster of a dead owner, or one that was kept.</summary>
    /// <returns>False where there was none.</returns>
    /// <exception cref="ClusterException">Its owner is alive, or the folder isn't a cluster of ours.</exception>
    public static async Task<bool> RemoveAsync(string folder, ProgramDoor programs, CancellationToken cancellationToken)
    {
        var at = ClusterFolder.At(folder);
        var there = Directory.Exists(at.Path);
        await TakeOverAsync(at, programs, cancellationToken);
        return there;
    }

    public Task StartServerAsync(CancellationToken cancellationToken) =>
        _programs.MustAsync("pg_ctl", ["-D", _folder.Data, "-l", _folder.ServerLog, "-w", "-t", "60", "-s", "start"], cancellationToken);

    /// <param name="mode">smart, fast or immediate.</param>
    public Task StopServerAsync(string mode, CancellationToken cancellationToken) =>
        _programs.MustAsync("pg_ctl", ["-D", _folder.Data, "-m", mode, "-w", "-s", "stop"], cancellationToken);

    /// <summary>Leaves the cluster running when we end. <see cref="RemoveAsync"/>, or the next start in its folder, takes it away.</summary>
    public async Task KeepAsync()
    {
        if (_janitor is not null)
            await Janitor.DismissAsync(_janitor);
    }

    public async ValueTask DisposeAsync()
    {
        await ClusterRemains.RemoveAsync(_folder, _programs, CancellationToken.None);
        await KeepAsync();
    }

    /// <summary>Runs a program as the user that the server runs as: what it reads from others can do no more than the server itself.</summary>
    public Task<ProgramResult> RunBesideAsync(ProgramCall call, CancellationToken cancellationToken) => _programs.RunAsServerAsync(call, cancellationToken);

    private static ClusterPrograms Programs(ClusterSettings settings, ProgramDoor programs)
    {
        var configured = settings.ProgramFolder;
        var bin = ServerPrograms.Folder("initdb", configured)
            ?? throw (configured is null
                ? new ClusterException("No PostgreSQL server programs are on this machine (initdb).", "Install them: apt-get install postgresql postgresql-contrib")
                : new ClusterException($"There is no initdb in {configured}.", "Name the folder that holds the server programs of the version you want."));
        return new ClusterPrograms(programs, bin, ClusterAccount.Choose()) { Nice = settings.Nice };
    }

    private static async Task TakeOverAsync(ClusterFolder folder, ProgramDoor programs, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder.Path) || !Directory.EnumerateFileSystemEntries(folder.Path).Any())
            return;
        var claim = folder.Claimed()
            ?? throw ClusterRemains.Foreign(folder);
        if (claim.Owner.IsAlive)
            throw new ClusterException($"The throw-away cluster in {folder.Path} belongs to process {claim.Owner.Id}, which runs.", "Wait for its end, or name another folder.");
        await ClusterRemains.RemoveAsync(folder, new ClusterPrograms(programs, claim.Bin, ClusterAccount.Choose()), cancellationToken);
    }

    private async Task MakeAsync(ClusterSettings settings, CancellationToken cancellationToken)
    {
        if (!await _programs.CanReachAsync(Folder, cancellationToken))
        {
            throw new ClusterException(
                $"The user {_programs.Account?.Name ?? Environment.UserName} can't get to {Folder}, and the PostgreSQL server refuses to run as root.",
                $"Name a folder that it can enter, for example below {Path.GetTempPath()}");
        }
        await _programs.MakeFolderAsync(_folder.Data, cancellationToken);
        if (settings.Prepare is { } prepare)
            _login = await prepare(_folder, _programs, cancellationToken);
        else if (settings.Private)
            _login = await InitPrivatelyAsync(cancellationToken);
        else
            await _programs.MustAsync("initdb", ["-D", _folder.Data, "-U", Superuser, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"], cancellationToken);
        await File.AppendAllLinesAsync(Path.Combine(_folder.Data, "postgresql.conf"),
        [
            "listen_addresses = '127.0.0.1'",
            // A socket's path may have 107 bytes, a folder's more.
            "unix_socket_directories = ''",
            "logging_collector = off",
            .. settings.Configuration,
            "include = 'upkeep-port.conf'",
        ], cancellationToken);
    }

    // The password reaches initdb by a file that only the server's user can read, and is in memory from then on.
    private async Task<ClusterLogin> InitPrivatelyAsync(CancellationToken cancellationToken)
    {
        var login = new ClusterLogin(PrivateSuperuser, RandomNumberGenerator.GetHexString(40, lowercase: true));
        var file = Path.Combine(Folder, "password");
        await using (var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(login.Password!), cancellationToken);
        }
        await _programs.OwnAsync(file, cancellationToken);
        await _programs.MustAsync("initdb", ["-D", _folder.Data, "-U", login.Role, "--auth=scram-sha-256", $"--pwfile={file}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"], cancellationToken);
        File.Delete(file);
        return login;
    }

    private async Task StartOnFreePortAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            Port = FreePort();
            await File.WriteAllTextAsync(Path.Combine(_folder.Data, "upkeep-port.conf"), string.Create(CultureInfo.InvariantCulture, $"port = {Port}\n"), cancellationToken);
            try
            {
                await StartServerAsync(cancellationToken);
                return;
            }
            catch (ClusterException problem)
            {
                var log = File.Exists(_folder.ServerLog) ? await File.ReadAllTextAsync(_folder.ServerLog, cancellationToken) : "";
                if (attempt == PortAttempts || !log.Contains("Address already in use", StringComparison.Ordinal))
                    throw new ClusterException($"The PostgreSQL server doesn't start: {problem.Message} Its log: {log.Trim()}", problem.Hint, problem);
                File.Delete(_folder.ServerLog);
            }
        }
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
