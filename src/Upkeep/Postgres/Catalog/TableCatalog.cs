using Npgsql;

namespace Upkeep.Postgres.Catalog;

/// <summary>Reads the state of tables and indexes, on any schema, as any role.</summary>
public static class TableCatalog
{
    /// <summary>Every table, partition and materialized view of the configured schemas (all but PostgreSQL's own), largest first.</summary>
    public static Task<IReadOnlyList<TableState>> TablesAsync(DatabaseDoor database, CancellationToken cancellationToken) =>
        ReadAsync(database, "Postgres/Catalog/tables.sql", TableState.Read, cancellationToken);

    /// <summary>Every index of those tables, largest first.</summary>
    public static Task<IReadOnlyList<IndexState>> IndexesAsync(DatabaseDoor database, CancellationToken cancellationToken) =>
        ReadAsync(database, "Postgres/Catalog/indexes.sql", IndexState.Read, cancellationToken);

    // The size functions wait for a lock on each relation. Those seen locked are left out; one that is locked in between costs
    // the lock budget once, and then all sizes come from the page counts that the catalog has.
    private static async Task<IReadOnlyList<T>> ReadAsync<T>(DatabaseDoor database, string file, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken)
    {
        var schemas = database.Settings.Schemas.ToArray();
        try
        {
            return await database.QueryAsync(Sql.File(file), map, cancellationToken, schemas, true);
        }
        catch (PostgresException problem) when (problem.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return await database.QueryAsync(Sql.File(file), map, cancellationToken, schemas, false);
        }
    }
}
