using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using Upkeep.Backups.Restoring;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups.Foreign;

/// <summary>
/// Restores what others made on a scratch server. Its SQL may do anything, so it is run by a role that may do nothing outside its own
/// database (no files, no programs, no other server), never by the superuser; what only a superuser could restore is left out and told.
/// </summary>
public sealed class ForeignRestorer(ProgramDoor door, BackupSettings settings, TimeProvider time)
{
    private const string Restorer = "upkeep_restorer";

    // They let a dump's own SQL reach other servers or files.
    private static readonly string[] _reaching = ["dblink", "postgres_fdw", "file_fdw", "adminpack", "plpython3u", "plperlu", "pltclu"];

    /// <summary>The name of the restored database, where the backup doesn't say it and nobody expects one.</summary>
    private const string Unnamed = "restored";

    /// <param name="look">The backup, found whole before.</param>
    /// <param name="expected">What it should be of, or null where nobody knows.</param>
    public async Task<(RestoredCopy? Copy, Problem? Problem)> RestoreAsync(ForeignLook look, ForeignExpectation? expected, RestoreRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(look);
        ArgumentNullException.ThrowIfNull(request);
        var (programs, missing) = await DumpPrograms.FindAsync(door, settings.ProgramFolder, 0, cancellationToken);
        if (programs is null)
            return (null, missing);
        TemporaryCluster? cluster = null;
        RestoredCopy? copy = null;
        try
        {
            var started = time.GetTimestamp();
            cluster = await new DumpRestorer(door, settings, time).StartAsync(request.Folder, cancellationToken);
            var served = time.GetElapsedTime(started);
            var target = await MakeAsync(cluster, look, expected, cancellationToken);
            if ((target.Problem ?? await FillAsync(cluster, target, programs, look, request, cancellationToken)) is { } problem)
                return (null, ScratchProblems.Explain(problem, request.Folder));
            copy = new RestoredCopy(cluster, look.Backup.Path, target.Database,
                [new RestorePhase("server made and started", served), new RestorePhase("rows, indexes and constraints", time.GetElapsedTime(started) - served)]);
            return (copy, null);
        }
        catch (Exception problem) when (ScratchProblems.IsKnown(problem) && !cancellationToken.IsCancellationRequested)
        {
            return (null, ScratchProblems.Explain(problem, request.Folder));
        }
        finally
        {
            if (copy is null && cluster is not null)
                await cluster.DisposeAsync();
        }
    }

    /// <summary>What of a backup isn't restored, in words.</summary>
    public static IEnumerable<string> LeftOut(ForeignContents contents)
    {
        ArgumentNullException.ThrowIfNull(contents);
        return contents.LeftOut.Concat(contents.Extensions.Keys.Where(_reaching.Contains).Select(extension => $"EXTENSION {extension}"))
            .Select(left => $"{left} was left out: it reaches beyond the database, or needs a superuser");
    }

    private static async Task<Target> MakeAsync(TemporaryCluster cluster, ForeignLook look, ForeignExpectation? expected, CancellationToken cancellationToken)
    {
        var contents = look.Contents with { Extensions = look.Contents.Extensions.Where(extension => !_reaching.Contains(extension.Key)).ToDictionary() };
        var name = contents.Database ?? expected?.Database ?? Unnamed;
        // Made as the database that is maintained is, as far as it is that one; else what the dump says of its encoding.
        var traits = expected?.Traits ?? new DatabaseTraits(contents.Encoding ?? "UTF8", "C", "C", "c", null, []);
        var problem = await DumpRestorer.OlderAsync(cluster, contents.ServerVersion, cancellationToken)
            ?? await ScratchDatabase.LackingAsync(cluster, [.. contents.Extensions.Keys], cancellationToken)
            ?? await ScratchDatabase.MakeAsync(cluster, name, traits, contents.Roles, cancellationToken);
        var login = new NpgsqlConnectionStringBuilder(cluster.ConnectionString(name)) { Username = Restorer, Password = RandomNumberGenerator.GetHexString(40, lowercase: true) };
        if (problem is null)
            await PrepareAsync(cluster, name, contents, login.Password!, cancellationToken);
        return new Target(name, login.ToString(), [.. contents.Extensions.Values.OfType<string>()], problem);
    }

    // Extensions are the superuser's to make; their schemas have to be there before, and are the restorer's.
    private static async Task PrepareAsync(TemporaryCluster cluster, string database, ForeignContents contents, string password, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(cluster.ConnectionString(database));
        await connection.OpenAsync(cancellationToken);
        await connection.ExecuteAsync($"create role {Restorer} login password {Sql.Literal(password)}", cancellationToken);
        await connection.ExecuteAsync($"alter database {Sql.Identifier(database)} owner to {Restorer}", cancellationToken);
        await connection.ExecuteAsync($"alter schema public owner to {Restorer}", cancellationToken);
        foreach (var (extension, schema) in contents.Extensions)
        {
            if (schema is not null && schema != "pg_catalog")
                await connection.ExecuteAsync($"create schema if not exists {Sql.Identifier(schema)} authorization {Restorer}", cancellationToken);
            await connection.ExecuteAsync($"create extension if not exists {Sql.Identifier(extension)}{(schema is null ? "" : $" schema {Sql.Identifier(schema)}")} cascade", cancellationToken);
        }
    }

    private async Task<Problem?> FillAsync(TemporaryCluster cluster, Target target, DumpPrograms programs, ForeignLook look, RestoreRequest request, CancellationToken cancellationToken)
    {
        var to = new DatabaseSettings { ConnectionString = target.Login };
        await using var connection = new NpgsqlConnection(target.Login);
        await connection.OpenAsync(cancellationToken);
        var environment = LibpqEnvironment.For(to, connection, DatabaseDoor.ApplicationName);
        return look.Backup.Format == ForeignFormat.PlainSql
            ? await PlainSqlAsync(cluster, target, programs, look.Backup, environment, request, cancellationToken)
            : await ArchiveAsync(target, programs, look.Backup, environment, request, cancellationToken);
    }

    private async Task<Problem?> ArchiveAsync(Target target, DumpPrograms programs, ForeignBackup backup, IReadOnlyDictionary<string, string?> environment, RestoreRequest request, CancellationToken cancellationToken)
    {
        var archive = new ForeignArchive(door, programs, backup.Path, backup.Format, backup.Compression);
        var (list, unreadable) = await ArchiveList.ReadAsync(door, programs, backup.Path, archive.Input, cancellationToken);
        if (list is null)
            return unreadable;
        var chosen = Path.Combine(request.Folder, "entries");
        await File.WriteAllLinesAsync(chosen, list.Entries.Where(entry => !DumpEntry.LeavesOut(entry) && !target.Made.Any(schema => entry.Line.StartsWith($"SCHEMA - {schema} ", StringComparison.Ordinal)))
            .Select(entry => entry.Id.ToString(CultureInfo.InvariantCulture)), cancellationToken);
        // A tar has one reading position, so it takes one job.
        return await new PgRestore(door, programs).RunAsync(new PgRestoreRequest(backup.Path, target.Database, environment, backup.Format == ForeignFormat.Tar ? 1 : settings.Jobs)
        {
            Options = ["--no-owner", "--no-privileges", "--no-tablespaces", "--no-security-labels", $"--use-list={chosen}"],
            Input = archive.Input,
            Heard = line => request.Moved(0, backup.Bytes, line),
            Nice = settings.Restore.Nice,
        }, cancellationToken);
    }

    private async Task<Problem?> PlainSqlAsync(TemporaryCluster cluster, Target target, DumpPrograms programs, ForeignBackup backup, IReadOnlyDictionary<string, string?> environment,
        RestoreRequest request, CancellationToken cancellationToken)
    {
        Problem? unreadable = null;
        var result = await cluster.RunBesideAsync(new ProgramCall(Path.Combine(programs.Folder, "psql"), ["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"], environment)
        {
            Nice = settings.Restore.Nice,
            Input = (psql, token) => Task.Run(() => unreadable = Write(backup, target, psql, request), token),
            Output = (_, _) => Task.CompletedTask,
        }, cancellationToken);
        return unreadable ?? (result.ExitCode == 0 ? null : Explain(result));
    }

    private static Problem? Write(ForeignBackup backup, Target target, Stream psql, RestoreRequest request)
    {
        using var file = Wrapping.Open(backup.Path);
        var scan = new SqlScan(target.Database);
        try
        {
            SqlFilter.Copy(file.Content, psql, scan, entry =>
            {
                request.Moved(0, backup.Bytes, entry.Name);
                return entry.IsLeftOut || (entry.Type == "SCHEMA" && target.Made.Contains(entry.Name));
            }, RandomNumberGenerator.GetHexString(32));
            return scan.IsComplete ? null : new Problem($"{backup.Path} ended before its end while it was restored.", "Somebody is writing to it. Try again.");
        }
        catch (Exception problem) when (Wrapping.IsUnreadable(problem))
        {
            return new Problem($"{backup.Path} can't be unpacked: {problem.Message}", "It has changed since it was checked. Try again.");
        }
        catch (IOException)
        {
            // psql had enough: it says why.
            return null;
        }
    }

    private static Problem Explain(ProgramResult result)
    {
        var lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var said = string.Join(" ", lines.Where(line => !line.Contains("NOTICE:", StringComparison.Ordinal)).Take(3));
        return said switch
        {
            _ when said.Contains("invalid command \\restrict", StringComparison.Ordinal) => new Problem("psql here is older than August 2025 and can't be kept from running commands that a dump names.",
                "Update the PostgreSQL client programs (17.6, 16.10, 15.14, 14.19, 13.22 or newer). Nothing of the backup was run."),
            _ when said.Contains("backslash commands are restricted", StringComparison.Ordinal) => new Problem("The backup holds a command for psql itself (a line with a backslash), which a dump has no need of; it was not run.",
                "Look at it before you trust it: it may have been made to run programs where it is restored."),
            _ when said.Contains("permission denied", StringComparison.Ordinal) || said.Contains("must be superuser", StringComparison.Ordinal) || said.Contains("must be owner", StringComparison.Ordinal) =>
                new Problem($"The backup wants what only a superuser may: {said}", "A scratch restore of a backup that others made is done without one. Let upkeep make the backups: upkeep backup create"),
            _ => new Problem(string.Create(CultureInfo.InvariantCulture, $"psql ended with status {result.ExitCode}: {said}"), "Those are psql's own words on the backup's SQL: look at the statement that they name (zgrep finds it), and take a backup in pg_dump's custom format, which can be restored in parts."),
        };
    }

    /// <param name="Login">Connection string of the restorer.</param>
    /// <param name="Made">Schemas that were made before for the extensions in them.</param>
    private sealed record Target(string Database, string Login, IReadOnlyList<string> Made, Problem? Problem);
}
