using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Upkeep.Files;
using Upkeep.Postgres;
using Upkeep.Postgres.Clusters;
using Upkeep.Processes;

namespace Upkeep.Backups.Restoring;

/// <summary>
/// Recovers the files of another server. Nothing of that server's settings is kept: they would archive into production's archive, follow its
/// primary, load what isn't here, let its users in. While it recovers nobody is let in; then a superuser of our own is made in
/// single-user mode, and only that one may enter, by a password that is known to this process alone.
/// </summary>
internal sealed partial class CopiedServer(ClusterFolder folder, ClusterPrograms programs, TimeProvider time)
{
    // Recovery may replay hours of log.
    private const string Patience = "86400";
    private const int PortAttempts = 5;

    private string Data => folder.Data;

    /// <exception cref="ClusterException">It doesn't come up, or not up to that place.</exception>
    public async Task<ClusterLogin> RecoverAsync(BackupManifest manifest, RecoveryPoint point, string restoreCommand, CancellationToken cancellationToken)
    {
        foreach (var signal in new[] { "standby.signal", "postmaster.pid", "recovery.signal" })
            File.Delete(Path.Combine(Data, signal));
        var needed = await NeededAsync(cancellationToken);
        await WriteAsync("postgresql.auto.conf", [], cancellationToken);
        await WriteAsync("pg_ident.conf", [], cancellationToken);
        await WriteAsync("pg_hba.conf", ["local all all reject", "host all all 127.0.0.1/32 reject"], cancellationToken);
        await WriteAsync("recovery.signal", [], cancellationToken);
        await ReplayAsync(
        [
            .. needed,
            $"restore_command = {Setting(restoreCommand)}",
            $"recovery_target_lsn = {Setting(point.Lsn)}",
            // Everything that begins before that place, and nothing that begins at it.
            "recovery_target_inclusive = off",
            "recovery_target_timeline = 'current'",
            "recovery_target_action = promote",
        ], cancellationToken);
        await programs.MustAsync("pg_ctl", ["-D", Data, "-m", "fast", "-w", "-t", Patience, "-s", "stop"], cancellationToken);

        var login = new ClusterLogin($"upkeep_{RandomNumberGenerator.GetHexString(8, lowercase: true)}", RandomNumberGenerator.GetHexString(32, lowercase: true));
        await WriteAsync("postgresql.conf", needed, cancellationToken);
        await MakeRoleAsync(login, manifest.Database, cancellationToken);
        await WriteAsync("pg_hba.conf", [$"host all {Sql.Identifier(login.Role)} 127.0.0.1/32 scram-sha-256"], cancellationToken);
        File.Delete(folder.ServerLog);
        return login;
    }

    /// <summary>What every start of the copy needs. Recovery asks for room for as many prepared transactions and locks as the server had.</summary>
    private async Task<IReadOnlyList<string>> NeededAsync(CancellationToken cancellationToken)
    {
        var control = await programs.RunAsync("pg_controldata", [Data], cancellationToken);
        if (control.ExitCode != 0)
            throw new ClusterException($"The copy's control file can't be read: {control.Error.Trim()}", "The backup is damaged. Look at it with: upkeep backup verify");
        return
        [
            .. ControlSetting().Matches(control.Output).Select(match => match.Groups["name"].Value switch
            {
                "max_connections" => $"max_connections = {match.Groups["value"].Value}",
                "max_prepared_xacts" => $"max_prepared_transactions = {match.Groups["value"].Value}",
                _ => $"max_locks_per_transaction = {match.Groups["value"].Value}",
            }),
            // Nobody looks in while it recovers; else it would want production's memory settings too.
            "hot_standby = off",
            "lc_messages = 'C'",
            "password_encryption = 'scram-sha-256'",
            // Subscriptions in the copy would call their publisher: without workers none does.
            "max_logical_replication_workers = 0",
            "max_replication_slots = 200",
            "max_wal_senders = 0",
            "archive_mode = off",
            "fsync = off",
            "autovacuum = off",
            .. await MajorAsync(cancellationToken) >= 17 ? ["event_triggers = off"] : Array.Empty<string>(),
        ];
    }

    private async Task ReplayAsync(IReadOnlyList<string> settings, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await WriteAsync("postgresql.conf",
            [
                .. settings, "listen_addresses = '127.0.0.1'", "unix_socket_directories = ''", "logging_collector = off",
                string.Create(CultureInfo.InvariantCulture, $"port = {TemporaryCluster.FreePort()}"),
            ], cancellationToken);
            var result = await programs.RunAsync("pg_ctl", ["-D", Data, "-l", folder.ServerLog, "-w", "-t", Patience, "-s", "start"], cancellationToken);
            // pg_ctl takes the beginning of recovery for the server's start.
            if (result.ExitCode == 0 && await IsReadyAsync(cancellationToken))
                return;
            var log = File.Exists(folder.ServerLog) ? await File.ReadAllTextAsync(folder.ServerLog, cancellationToken) : "";
            if (attempt == PortAttempts || !log.Contains("Address already in use", StringComparison.Ordinal))
                throw new ClusterException($"The copy doesn't recover: {Why(log)}", Hint(log));
            File.Delete(folder.ServerLog);
        }
    }

    // The eighth line says how far the server is; the file goes when the server ends.
    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        var file = Path.Combine(Data, "postmaster.pid");
        while (true)
        {
            try
            {
                if ((await File.ReadAllLinesAsync(file, cancellationToken)).ElementAtOrDefault(7)?.Trim() == "ready")
                    return true;
            }
            catch (FileNotFoundException)
            {
                return false;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
        }
    }

    private async Task MakeRoleAsync(ClusterLogin login, string database, CancellationToken cancellationToken)
    {
        string[] arguments = ["--single", "-D", Data, "-c", "exit_on_error=true", database];
        var postgres = Path.Combine(programs.Bin, "postgres");
        // The statement goes in by standard input: a command line is everybody's to read.
        using var server = programs.Account is { } account
            ? Companion.Start("setpriv", account.Prefix(postgres, arguments), new Dictionary<string, string?>())
            : Companion.Start(postgres, arguments, new Dictionary<string, string?>());
        server.Say($"create role {Sql.Identifier(login.Role)} superuser login password {Sql.Literal(login.Password!)}");
        var said = server.ReadErrorAsync(cancellationToken);
        if (await server.EndAsync(cancellationToken) is not 0 and var status)
            throw new ClusterException($"No role of our own can be made in the copy (status {status}): {Why(await said)}", "Look whether the disk is full and the server's programs are whole.");
    }

    private async Task<int> MajorAsync(CancellationToken cancellationToken) =>
        int.Parse((await File.ReadAllTextAsync(Path.Combine(Data, "PG_VERSION"), cancellationToken)).Trim(), CultureInfo.InvariantCulture);

    // A link to a file elsewhere must not be written through: what is there goes first.
    private async Task WriteAsync(string name, IReadOnlyList<string> lines, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Data, name);
        File.Delete(path);
        await using (var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = RunFolder.OwnerOnlyFile }))
        await using (var writer = new StreamWriter(file))
            await writer.WriteAsync(string.Join('\n', [.. lines, ""]).AsMemory(), cancellationToken);
        await programs.OwnAsync(path, cancellationToken);
    }

    private static string Setting(string value) => $"'{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Why(string log)
    {
        var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // Our own knocking while it starts is told there too, and is no cause.
        var said = lines.Where(line => !line.Contains("no pg_hba.conf entry", StringComparison.Ordinal) && !line.Contains("the database system is", StringComparison.Ordinal))
            .Where(line => line.Contains("FATAL:", StringComparison.Ordinal) || line.Contains("PANIC:", StringComparison.Ordinal) || line.Contains("ERROR:", StringComparison.Ordinal)).Take(3).ToList();
        return string.Join(" ", said.Count > 0 ? said : lines.TakeLast(3));
    }

    private static string Hint(string log) => log switch
    {
        _ when log.Contains("recovery ended before configured recovery target", StringComparison.Ordinal) => "Part of the server's log is missing from the backup, or damaged. Look at it with: upkeep backup verify",
        _ when log.Contains("No space left on device", StringComparison.Ordinal) => "The disk is full. Free space there, or name a larger disk under backup: restore: folder.",
        _ when log.Contains("could not access file", StringComparison.Ordinal) || log.Contains("resource manager with ID", StringComparison.Ordinal) =>
            "An extension that the database uses isn't installed here. Install the same packages as on its server.",
        _ => "Look whether the disk is full and the server's programs are whole.",
    };

    [GeneratedRegex(@"^(?<name>max_connections|max_prepared_xacts|max_locks_per_xact) setting:\s+(?<value>\d+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ControlSetting();
}
