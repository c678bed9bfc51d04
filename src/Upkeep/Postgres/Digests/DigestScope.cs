using Npgsql;

namespace Upkeep.Postgres.Digests;

/// <summary>What of a database is digested, and what isn't and why.</summary>
public sealed record DigestScope(IReadOnlyList<DigestTable> Tables, IReadOnlyList<NotCovered> NotCovered)
{
    /// <summary>Estimated size of the tables in scope, in bytes.</summary>
    public long Bytes => Tables.Sum(table => table.Bytes);

    /// <summary>Reads the scope as the session sees it.</summary>
    public static async Task<DigestScope> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var relations = await connection.QueryAsync(Sql.File("Postgres/Digests/scope.sql"), row => (
            Table: new DigestTable(row.GetFieldValue<uint>(0), new TableName(row.GetString(1), row.GetString(2)), Columns(row), row.GetInt64(8)),
            Kind: row.GetString(3),
            Extension: row.IsDBNull(4) ? null : row.GetString(4)), cancellationToken);
        return new DigestScope(
            [.. relations.Where(relation => WhyNot(relation.Kind, relation.Extension) is null).Select(relation => relation.Table)],
            [.. relations.Select(relation => (relation.Table, Reason: WhyNot(relation.Kind, relation.Extension)))
                .Where(relation => relation.Reason is not null)
                .Select(relation => new NotCovered(relation.Table.Name.ToString(), relation.Reason!))]);
    }

    private static DigestColumn[] Columns(NpgsqlDataReader row)
    {
        var types = row.GetFieldValue<string?[]>(6);
        var outputs = row.GetFieldValue<string?[]>(7);
        return [.. row.GetFieldValue<string[]>(5).Select((name, index) => new DigestColumn(name, types[index], outputs[index]))];
    }

    private static string? WhyNot(string kind, string? extension) => (kind, extension) switch
    {
        (_, not null) => $"belongs to the extension {extension}, which fills it itself when it is created",
        ("m", _) => "a materialised view: a restore fills it again from its query",
        ("f", _) => "a foreign table: its rows are on another server and in no backup of this one",
        _ => null,
    };
}

/// <summary>A table to digest.</summary>
/// <param name="Columns">Sorted by name: a restore may put the columns of an inheriting table in another order.</param>
/// <param name="Bytes">Estimated size, TOAST included.</param>
public sealed record DigestTable(uint Oid, TableName Name, IReadOnlyList<DigestColumn> Columns, long Bytes);

/// <summary>A column to digest.</summary>
/// <param name="Name">As the catalog has it.</param>
/// <param name="Type">Name of the type in pg_catalog, of a domain the one it is made of; null for a type that isn't PostgreSQL's own.</param>
/// <param name="Output">The function in pg_catalog that writes the type as text; null where there is none that can be called with the column.</param>
public sealed record DigestColumn(string Name, string? Type, string? Output)
{
    public string Quoted => Sql.Identifier(Name);

    public override string ToString() => Quoted;
}
