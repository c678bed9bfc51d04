using Npgsql;
using Upkeep.Postgres;

namespace Upkeep.Database.Retention;

/// <summary>The statements of one batch's transaction.</summary>
internal static class BatchSession
{
    /// <summary>Begins, locks the table against being altered, and looks whether it is still the one that was surveyed.</summary>
    /// <returns>The transaction's id, or null where the table is another one now.</returns>
    public static async Task<string?> BeginAsync(NpgsqlConnection session, LeafSurvey leaf, CancellationToken cancellationToken)
    {
        // Never a scan of the whole table for a bite; a delete that the server reports must outlive the server's crash, and rows that
        // row security hides must be an error and not a gap.
        await session.ExecuteAsync(
            $"""
            begin isolation level read committed read write;
            set local enable_seqscan = off;
            {(leaf.ByIndex || leaf.References.Count > 0 ? "" : "set local enable_indexscan = off; set local enable_bitmapscan = off;")}
            set local jit = off;
            set local row_security = off;
            select set_config('synchronous_commit', 'on', true) where current_setting('synchronous_commit') = 'off';
            lock table only {leaf.Table.Quoted} in row exclusive mode;
            """, cancellationToken);
        var xid = await session.ScalarAsync<string>("select pg_current_xact_id()::text", cancellationToken);
        return await Catalog.DefinitionAsync(session, leaf.Oid, cancellationToken) == leaf.Definition ? xid : null;
    }

    /// <returns>Rows removed.</returns>
    public static async Task<long> RemoveAsync(NpgsqlConnection session, LeafSurvey leaf, Bite bite, ArchiveWriter? archive, CancellationToken cancellationToken)
    {
        if (leaf.References.Count > 0 && bite is { Limit: null, SkipLocked: false })
            await session.ScalarAsync<long>(leaf.Lock(bite), cancellationToken);
        if (archive is null)
            return await session.ExecuteAsync(leaf.Delete(bite), cancellationToken);
        var before = archive.Rows;
        await session.ExportAsync(leaf.DeleteToArchive(bite), archive.Write, cancellationToken);
        return archive.Rows - before;
    }
}
