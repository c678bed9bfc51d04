using System.Globalization;
using Npgsql;
using Upkeep.Postgres;
using Upkeep.Rollback.Rows;

namespace Upkeep.Rollback.Rehearsal;

/// <summary>What was written to the stand-in, so that it can be looked for: one row put in, one changed, one deleted.</summary>
internal sealed record Planted(TableName? New, TableName? Changed, TableName? Gone)
{
    public long Of(TableName table, DifferenceKind kind) => (kind switch { DifferenceKind.New => New, DifferenceKind.Changed => Changed, _ => Gone }) == table ? 1 : 0;
}

/// <summary>
/// Writes to a copy as users would after a backup. It knows nothing of the tables, so it tries them one by one until a row is taken; triggers
/// and foreign keys are switched off, because nothing is to happen but these three rows.
/// </summary>
internal sealed class StandIn(DatabaseDoor copy)
{
    private static readonly Dictionary<string, string> _changes = new(StringComparer.Ordinal)
    {
        ["text"] = "{0} || 'x'", ["character varying"] = "{0} || 'x'", ["integer"] = "{0} + 1", ["bigint"] = "{0} + 1", ["numeric"] = "{0} + 1", ["boolean"] = "not {0}",
        ["timestamp with time zone"] = "{0} + interval '1 second'", ["timestamp without time zone"] = "{0} + interval '1 second'", ["double precision"] = "{0} + 1",
    };

    public async Task<Planted> PlantAsync(CancellationToken cancellationToken)
    {
        await using var session = await copy.OpenAsync(cancellationToken);
        await session.ExecuteAsync("set session_replication_role = replica", cancellationToken);
        var tables = (await TableShape.ReadAsync(session, cancellationToken)).Values.Where(table => table.HasKey).ToList();
        var planted = new Planted(
            await FirstAsync(session, tables, Insert, cancellationToken),
            await FirstAsync(session, tables, Update, cancellationToken),
            await FirstAsync(session, tables, Delete, cancellationToken));
        await session.ExecuteAsync("reset session_replication_role", cancellationToken);
        return planted;
    }

    // A copy of the first row under the next key.
    private static IEnumerable<string> Insert(TableShape table)
    {
        if (table.Key is not [var key] || table.Columns.First(column => column.Name == key).Type is not ("integer" or "bigint" or "smallint"))
            yield break;
        var columns = table.Writable;
        var values = columns.Select(column => column == Sql.Identifier(key) ? $"(select max({column}) + 1 from {table.Name.Quoted})" : column);
        yield return $"insert into {table.Name.Quoted} ({string.Join(", ", columns)}) overriding system value select {string.Join(", ", values)} from only {table.Name.Quoted} order by {Sql.Identifier(key)} limit 1";
    }

    private static IEnumerable<string> Update(TableShape table) => table.Columns
        .Where(column => !table.Key.Contains(column.Name) && !table.Generated.Contains(column.Name) && _changes.ContainsKey(column.Type))
        .Select(column => string.Create(CultureInfo.InvariantCulture,
            $"update only {table.Name.Quoted} set {Sql.Identifier(column.Name)} = {string.Format(CultureInfo.InvariantCulture, _changes[column.Type], Sql.Identifier(column.Name))} where ctid = (select ctid from only {table.Name.Quoted} where {Sql.Identifier(column.Name)} is not null order by {Order(table)} limit 1)"));

    // The last row of the backup: the first is copied and changed.
    private static IEnumerable<string> Delete(TableShape table) =>
    [
        $"delete from only {table.Name.Quoted} where ctid = (select ctid from only {table.Name.Quoted} where (select count(*) from (select from only {table.Name.Quoted} limit 4) few) = 4 order by {Order(table)} offset 1 limit 1)",
    ];

    private static string Order(TableShape table) => string.Join(", ", table.Key.Select(Sql.Identifier));

    private static async Task<TableName?> FirstAsync(NpgsqlConnection session, IReadOnlyList<TableShape> tables, Func<TableShape, IEnumerable<string>> statements, CancellationToken cancellationToken)
    {
        foreach (var (table, statement) in tables.SelectMany(table => statements(table).Select(statement => (table, statement))))
        {
            try
            {
                if (await session.ExecuteAsync(statement, cancellationToken) == 1)
                    return table.Name;
            }
            catch (PostgresException refused) when (!refused.IsTransient)
            {
                // A rule of this table is against it: another table may take it.
            }
        }
        return null;
    }
}
