using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace SceneScout.Nightly;

/// <summary>
/// The dumps that a nightly job would have left behind: real ones, made by pg_dump of a copy of the database from which everything written since
/// that night was taken out, and dated back to it. A copy because the platform's own rows are nobody's to play with.
/// </summary>
/// <param name="address">The platform's database; nobody else may be connected to it while it is copied.</param>
/// <param name="pgDump">The program.</param>
public sealed class NightlyDumps(string address, string pgDump)
{
    // What was written when; what refers to others comes first.
    private static readonly (string Table, string Written)[] _tables =
    [
        ("auth.sessions", "created_at"), ("user_sessions", "started_at"), ("audit_logs", "created_at"), ("api_logs", "created_at"), ("ingestion_logs", "created_at"),
        ("ingestion_queue", "created_at"), ("events", "created_at"), ("venues", "created_at"), ("auth.users", "created_at"),
    ];

    private readonly NpgsqlConnectionStringBuilder _platform = new(address) { Pooling = false };

    private string Copy => $"{_platform.Database}_nightly";

    /// <summary>Makes one dump a night, the newest first.</summary>
    /// <param name="last">When the last job ran.</param>
    /// <param name="cutShort">Which night's dump (1 is the newest) ends in its middle, as on a full disk; 0 for none.</param>
    /// <returns>The files, newest first.</returns>
    public async Task<IReadOnlyList<string>> MakeAsync(string folder, DateTimeOffset last, int nights, int cutShort, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await ElsewhereAsync([$"drop database if exists \"{Copy}\"", $"create database \"{Copy}\" template \"{_platform.Database}\""], cancellationToken);
        try
        {
            var files = new List<string>();
            for (var night = 1; night <= nights; night++)
            {
                var at = last.AddDays(1 - night);
                await ForgetSinceAsync(at, cancellationToken);
                var file = Path.Combine(folder, $"{_platform.Database}-{at.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}.sql.gz");
                await DumpAsync(file, cancellationToken);
                if (night == cutShort)
                    CutShort(file);
                File.SetLastWriteTimeUtc(file, at.UtcDateTime);
                files.Add(file);
            }
            return files;
        }
        finally
        {
            await ElsewhereAsync([$"drop database if exists \"{Copy}\""], CancellationToken.None);
        }
    }

    private async Task ForgetSinceAsync(DateTimeOffset night, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_platform.ToString()) { Database = Copy }.ToString());
        await connection.OpenAsync(cancellationToken);
        foreach (var (table, written) in _tables)
        {
            await using var command = new NpgsqlCommand($"delete from {table} where {written} > $1", connection);
            command.Parameters.AddWithValue(night.UtcDateTime);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private async Task DumpAsync(string file, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(pgDump, ["--format=plain", "--compress=1", "--no-password", $"--file={file}", $"--dbname={Copy}"]) { RedirectStandardError = true };
        start.Environment["PGHOST"] = _platform.Host;
        start.Environment["PGPORT"] = _platform.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = _platform.Username;
        if (_platform.Password is { } password)
            start.Environment["PGPASSWORD"] = password;
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new ScoutException($"pg_dump ended with status {process.ExitCode}: {error.Trim()}");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static void CutShort(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
        stream.SetLength(stream.Length / 2);
    }

    private async Task ElsewhereAsync(IReadOnlyList<string> statements, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_platform.ToString()) { Database = "postgres" }.ToString());
        await connection.OpenAsync(cancellationToken);
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
