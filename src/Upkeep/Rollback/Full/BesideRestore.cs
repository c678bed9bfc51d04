using Npgsql;
using Upkeep.Backups;
using Upkeep.Backups.Engines;
using Upkeep.Backups.Restoring;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Postgres.Digests;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Rollback.Full;

/// <summary>Fills a database that stands beside the live one from a backup, and proves it there.</summary>
/// <param name="beside">A door to it.</param>
internal sealed class BesideRestore(DatabaseDoor beside, ProgramDoor programs, UpkeepConfiguration configuration, TimeProvider time)
{
    private const string Analyzable =
        """
        select n.nspname::text, c.relname::text from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'm', 'p') and c.relpersistence <> 't' order by 1, 2
        """;

    private static readonly TimeSpan _lockWait = TimeSpan.FromSeconds(10);

    private BackupSettings Settings => configuration.Backup;

    /// <param name="moved">Hears how many tables of how many have been begun.</param>
    /// <returns>What went wrong, or null.</returns>
    public async Task<Problem?> FillAsync(BackupManifest manifest, Action<long, long> moved, CancellationToken cancellationToken)
    {
        var folder = new BackupStore(Settings.Folder).Folder(manifest.Name);
        if (manifest.Engine == BackupEngineName.PgDump)
            return await LoadAsync(Path.Combine(folder, BackupStore.DumpFolder), manifest, moved, cancellationToken);
        // A physical copy is of a whole server; only a dump of it fits beside a live database.
        var engine = BackupEngines.Of(manifest.Engine, beside, programs, Settings, time);
        return await new ScratchDump(programs, Settings, configuration.Root).UseAsync(manifest.RestoredBytes() + manifest.DatabaseBytes,
            scratch => engine.RestoreAsync(manifest, folder, new RestoreRequest(scratch, (_, _, _) => { }), cancellationToken),
            dump => LoadAsync(dump, manifest, moved, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Fresh statistics, so that plans are good from the first query on. Autovacuum is at work on what was just filled: it makes way for who waits, and
    /// what is held longer is no reason to throw a proven restore away.
    /// </summary>
    /// <returns>The tables that were left out because somebody holds them.</returns>
    public async Task<IReadOnlyList<TableName>> AnalyzeAsync(CancellationToken cancellationToken)
    {
        await using var session = await beside.OpenAsync(cancellationToken);
        try
        {
            await session.ExecuteAsync("analyze", cancellationToken);
            return [];
        }
        catch (PostgresException locked) when (locked.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return await AnalyzeUnlockedAsync(session, cancellationToken);
        }
    }

    // One by one, because the server names what it skipped only where it was named to it.
    private static async Task<IReadOnlyList<TableName>> AnalyzeUnlockedAsync(NpgsqlConnection session, CancellationToken cancellationToken)
    {
        var isSkipped = false;
        void Hear(object sender, NpgsqlNoticeEventArgs heard) => isSkipped |= heard.Notice.SqlState == PostgresErrorCodes.LockNotAvailable;
        var left = new List<TableName>();
        session.Notice += Hear;
        try
        {
            foreach (var table in await session.QueryAsync(Analyzable, row => new TableName(row.GetString(0), row.GetString(1)), cancellationToken))
            {
                isSkipped = false;
                try
                {
                    await session.ExecuteAsync($"analyze (skip_locked) {table.Quoted}", cancellationToken);
                }
                catch (PostgresException locked) when (locked.SqlState == PostgresErrorCodes.LockNotAvailable)
                {
                    isSkipped = true;
                }
                if (isSkipped)
                    left.Add(table);
            }
        }
        finally
        {
            session.Notice -= Hear;
        }
        return left;
    }

    /// <summary>Compares with what the manifest says was in the backup, by the algorithm that it names.</summary>
    public async Task<Proof> ProveAsync(BackupManifest manifest, Action<long, long> moved, CancellationToken cancellationToken)
    {
        long done = 0;
        var found = await new DigestReader(beside).OfDatabaseAsync(manifest.Content.Algorithm, Settings.Jobs, _lockWait,
            _ => moved(Interlocked.Increment(ref done), manifest.Content.Tables.Count), cancellationToken);
        // A role that may not read large objects can still tell that there are none.
        if (found.LargeObjects is null && manifest.Content.LargeObjects is { Objects: 0 } && await beside.ScalarAsync<bool>("select not exists (select from pg_catalog.pg_largeobject_metadata)", cancellationToken))
            found = found with { LargeObjects = manifest.Content.LargeObjects };
        var differences = DigestComparison.Of(manifest.Content, found);
        return differences.Count == 0
            ? Proof.That($"{Counted.Of(manifest.Content.Tables.Count, "table")} equal to the manifest, row for row")
            : Proof.Missing($"The restored database isn't what {manifest.Name} should hold: {string.Join("; ", differences.Take(5))}. Nothing of the live one was touched.",
                "Don't use this backup. See whether another holds (upkeep backup list, upkeep backup verify), and undo the run step by step: upkeep rollback");
    }

    private async Task<Problem?> LoadAsync(string dump, BackupManifest manifest, Action<long, long> moved, CancellationToken cancellationToken)
    {
        await using var session = await beside.OpenAsync(cancellationToken);
        var (tools, missing) = await DumpPrograms.FindAsync(programs, Settings.ProgramFolder, 0, cancellationToken);
        if (tools is null)
            return missing;
        long begun = 0;
        void Heard(string line)
        {
            if (line.Contains("processing data for table", StringComparison.Ordinal))
                moved(++begun, manifest.Content.Tables.Count);
        }
        var problem = await new PgRestore(programs, tools).RunAsync(new PgRestoreRequest(dump, session.Database, LibpqEnvironment.For(beside.Settings, session, DatabaseDoor.ApplicationName), Settings.Jobs)
        {
            Heard = Heard,
        }, cancellationToken);
        return problem is null ? null : problem with { What = $"The backup can't be restored beside the live database: {problem.What}", Hint = Hint(problem) };
    }

    private static string Hint(Problem problem) => problem.What switch
    {
        var said when said.Contains("No space left on device", StringComparison.Ordinal) => "The disk of the database server is full: make room there, then repeat the command. The live database was not touched.",
        var said when said.Contains("permission denied", StringComparison.Ordinal) || said.Contains("must be", StringComparison.Ordinal) => "Our role lacks a right: let database.url name a superuser for the rollback, then repeat the command.",
        var said when said.Contains("does not exist", StringComparison.Ordinal) => "The server lacks a role or an extension that the backup names: make it, then repeat the command.",
        _ => "The live database was not touched. Mend what pg_restore complains about, then repeat the command.",
    };
}
