using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;
using Upkeep.Postgres;

namespace Upkeep.Rollback.Rows;

/// <summary>A row as its side shows it: which, what is in it, and where it lies.</summary>
/// <param name="Key">Text of the primary key in UTF-8, by which both sides are ordered; without a key, of the content's hash.</param>
/// <param name="Place">The row's ctid in the side's snapshot.</param>
/// <param name="Since">Whether it was written after the swap.</param>
/// <param name="Times">How often it is there; more than once only without a key.</param>
internal sealed record SideRow(byte[] Key, long Hash1, long Hash2, string Place, bool Since, long Times)
{
    public bool SameContent(SideRow other) => Hash1 == other.Hash1 && Hash2 == other.Hash2;
}

/// <summary>The rows of one table in one database, ordered by key, streamed: what is held in memory doesn't grow with the table.</summary>
internal static class RowStream
{
    /// <param name="columns">What counts as content, as SQL.</param>
    /// <param name="swapXid">The swap's transaction; null on the side that nobody writes to any more.</param>
    public static async IAsyncEnumerable<SideRow> ReadAsync(NpgsqlConnection connection, TableShape table, IReadOnlyList<string> columns, string? swapXid,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Statement(table, columns, swapXid), connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            yield return new SideRow(reader.GetFieldValue<byte[]>(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetString(3), reader.GetBoolean(4), reader.GetInt64(5));
    }

    /// <summary>The condition under which a row was written after the swap.</summary>
    public static string Since(string? swapXid) => swapXid is null ? "false"
        // Row headers hold 32 of the 64 bits; their age is counted from now, which tells them apart for two thousand million transactions.
        : string.Create(CultureInfo.InvariantCulture, $"age(xmin) <= age('{unchecked((uint)ulong.Parse(swapXid, CultureInfo.InvariantCulture))}'::xid)");

    // OFFSET 0 keeps the server from making each row's text once per hash.
    private static string Statement(TableShape table, IReadOnlyList<string> columns, string? swapXid)
    {
        var line = $"row({string.Join(", ", columns)})::text collate \"C\" as line, ctid::text as place, {Since(swapXid)} as since";
        return table.HasKey
            ? $"""
              select convert_to(key, 'UTF8') as k, hashtextextended(line, 0), hashtextextended(line, 1), place, since, 1::int8
              from (select row({string.Join(", ", table.Key.Select(Sql.Identifier))})::text as key, {line} from only {table.Name.Quoted} offset 0) r
              order by k
              """
            : $"""
              select convert_to(to_hex(one) || ':' || to_hex(two), 'UTF8') as k, one, two, min(place), bool_and(since), count(*)
              from (select hashtextextended(line, 0) as one, hashtextextended(line, 1) as two, place, since
                from (select {line} from only {table.Name.Quoted} offset 0) r) s
              group by one, two
              order by k
              """;
    }
}
