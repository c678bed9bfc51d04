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
            Table: new DigestTable(row.GetFieldValue<uint>(0), new TableName(row.GetString(1), row.GetString(2)), row.GetFieldValue<string[]>(5), row.GetInt64(6)),
            Kind: row.GetString(3),
            Extension: row.IsDBNull(4) ? null : row.GetString(4)), cancellationToken);
        return new DigestScope(
            [.. relations.Where(relation => WhyNot(relation.Kind, relation.Extension) is null).Select(relation => relation.Table)],
            [.. relations.Select(relation => (relation.Table, Reason: WhyNot(relation.Kind, relation.Extension)))
                .Where(relation => relation.Reason is not null)
                .Select(relation => new NotCovered(relation.Table.Name.ToString(), relation.Reason!))]);
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
/// <param name="Columns">Quoted, sorted by name: a restore may put the columns of an inheriting table in another order.</param>
/// <param name="Bytes">Estimated size, TOAST included.</param>
public sealed record DigestTable(uint Oid, TableName Name, IReadOnlyList<string> Columns, long Bytes);
