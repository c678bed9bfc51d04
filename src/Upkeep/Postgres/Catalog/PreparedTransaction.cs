namespace Upkeep.Postgres.Catalog;

/// <summary>A transaction that was prepared for two-phase commit and is neither committed nor rolled back.</summary>
public sealed record PreparedTransaction(string Id, string Owner, string Database, double AgeSeconds)
{
    /// <summary>Those of all databases, oldest first.</summary>
    public static Task<IReadOnlyList<PreparedTransaction>> ReadAsync(DatabaseDoor database, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        return database.QueryAsync(
            """
            select p.gid, p.owner::text, p.database::text, pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - p.prepared)
            from pg_catalog.pg_prepared_xacts p order by p.prepared
            """, reader => new PreparedTransaction(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetDouble(3)), cancellationToken);
    }
}
