using Npgsql;
using Upkeep.Postgres;

namespace Upkeep.Database.Retention;

/// <summary>What the catalog says of a rule's table.</summary>
internal sealed record TableFacts(long Oid, string Kind, bool RowSecurity, bool MayDelete, bool MayInsert, string? ColumnType);

/// <summary>What the catalog says of one table with rows of its own.</summary>
internal sealed record LeafFacts(long Oid, TableName Name, string Kind, double Tuples, IReadOnlyList<string> Columns, bool HasIndex,
    double Correlation, int DeleteTriggers, long Bytes);

/// <summary>The catalog queries of retention.</summary>
internal static class Catalog
{
    /// <returns>Null where there is no such table.</returns>
    public static async Task<TableFacts?> TableAsync(NpgsqlConnection session, TableName table, string column, CancellationToken cancellationToken) =>
        await session.QueryAsync(Sql.File("Database/Retention/table.sql"),
            row => new TableFacts(row.GetInt64(0), row.GetString(1), row.GetBoolean(2), row.GetBoolean(3), row.GetBoolean(4), row.IsDBNull(5) ? null : row.GetString(5)),
            cancellationToken, table.Schema, table.Name, column) is [var facts, ..] ? facts : null;

    public static Task<IReadOnlyList<LeafFacts>> LeavesAsync(NpgsqlConnection session, long oid, string column, CancellationToken cancellationToken) =>
        session.QueryAsync(Sql.File("Database/Retention/leaves.sql"),
            row => new LeafFacts(row.GetInt64(0), new TableName(row.GetString(1), row.GetString(2)), row.GetString(3), row.GetDouble(4),
                row.GetFieldValue<string[]>(5), row.GetBoolean(6), row.GetDouble(7), row.GetInt32(8), row.GetInt64(9)),
            cancellationToken, oid, column);

    /// <summary>Foreign keys that point at the table, those inherited from a partitioned parent included.</summary>
    public static Task<IReadOnlyList<Reference>> ReferencesAsync(NpgsqlConnection session, long oid, CancellationToken cancellationToken) =>
        session.QueryAsync(Sql.File("Database/Retention/references.sql"),
            row => new Reference(row.GetString(0), row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetFieldValue<string[]>(4), row.GetFieldValue<string[]>(5)),
            cancellationToken, oid);

    /// <summary>Digest of the columns, or null where the table is gone.</summary>
    public static Task<string?> DefinitionAsync(NpgsqlConnection session, long oid, CancellationToken cancellationToken) =>
        session.ScalarAsync<string>(Sql.File("Database/Retention/definition.sql"), cancellationToken, oid);
}
