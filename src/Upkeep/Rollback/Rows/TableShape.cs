using Npgsql;
using Upkeep.Postgres;

namespace Upkeep.Rollback.Rows;

/// <summary>What a table looks like, as far as rows are to be compared and carried.</summary>
/// <param name="Columns">Name and type of each, in the order of the names.</param>
/// <param name="Generated">Names of the columns that the server computes itself.</param>
/// <param name="Key">Names of the primary key's columns; empty where there is none.</param>
/// <param name="Triggers">User triggers that are switched on.</param>
internal sealed record TableShape(TableName Name, IReadOnlyList<(string Name, string Type)> Columns, IReadOnlyList<string> Generated, IReadOnlyList<string> Key, IReadOnlyList<string> Triggers)
{
    public bool HasKey => Key.Count > 0;

    public bool Has(string column) => Columns.Any(own => own.Name == column);

    public bool LooksLike(TableShape other) => Columns.SequenceEqual(other.Columns) && Key.SequenceEqual(other.Key);

    /// <summary>Quoted names of the columns that can be written.</summary>
    public IReadOnlyList<string> Writable => [.. Columns.Select(column => column.Name).Except(Generated).Select(Sql.Identifier)];

    public static async Task<IReadOnlyDictionary<TableName, TableShape>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await connection.QueryAsync(Sql.File("Rollback/Rows/table-shapes.sql"), Read, cancellationToken)).ToDictionary(shape => shape.Name);

    private static TableShape Read(NpgsqlDataReader row) => new(new TableName(row.GetString(0), row.GetString(1)),
        [.. row.GetFieldValue<string[]>(2).Zip(row.GetFieldValue<string[]>(3))], row.GetFieldValue<string[]>(4), row.GetFieldValue<string[]>(5), row.GetFieldValue<string[]>(6));
}
