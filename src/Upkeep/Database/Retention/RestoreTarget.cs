using System.Globalization;
using Npgsql;
using Upkeep.Postgres;

namespace Upkeep.Database.Retention;

/// <summary>The table that rows go back to: the one they came from, or the rule's, where a partition is gone by now.</summary>
internal sealed record RestoreTarget(DatabaseDoor Database, TableName Table, IReadOnlyList<string> Columns, bool IsLeaf)
{
    /// <summary>Something to know, or null.</summary>
    public string? Note { get; private init; }

    /// <summary>Statements for the start of each transaction.</summary>
    public string Quiet { get; private init; } = "";

    private string ColumnList => string.Join(", ", Columns.Select(Sql.Identifier));

    /// <returns>Null where there is no such table with those columns.</returns>
    public static async Task<RestoreTarget?> FindAsync(DatabaseDoor database, LeafEffect effect, Manifest manifest, CancellationToken cancellationToken)
    {
        foreach (var table in new[] { new TableName(effect.Schema, effect.Name), new TableName(effect.RootSchema, effect.Root) })
        {
            var facts = (await database.QueryAsync(Sql.File("Database/Retention/restore-target.sql"),
                row => (Kind: row.GetString(1), Columns: row.GetInt32(2), Triggers: row.GetBoolean(3), Refers: row.GetBoolean(4), Superuser: row.GetBoolean(5)),
                cancellationToken, table.Schema, table.Name, manifest.Columns.ToArray())).Select(row => ((string Kind, int Columns, bool Triggers, bool Refers, bool Superuser)?)row).FirstOrDefault();
            if (facts is not { } found || found.Columns != manifest.Columns.Count)
                continue;
            // The replica role silences foreign keys too, so it is for tables that refer to none.
            var silence = found is { Triggers: true, Superuser: true, Refers: false };
            return new RestoreTarget(database, table, manifest.Columns, found.Kind == "r")
            {
                Quiet = silence ? "set local session_replication_role = replica" : "",
                Note = found.Triggers && !silence ? "its insert triggers fired for the rows put back" : null,
            };
        }
        return null;
    }

    /// <summary>Puts one segment back whole.</summary>
    public async Task<RowDigest> CopyAsync(NpgsqlConnection session, string folder, Segment segment, CancellationToken cancellationToken)
    {
        RowTally? read = null;
        await session.ImportAsync($"copy {Table.Quoted} ({ColumnList}) from stdin", stream => read = ArchiveReader.Read(folder, segment, stream.Write), cancellationToken);
        return read!.Digest;
    }

    /// <summary>Puts back what of a segment has its key free.</summary>
    /// <param name="only">The rows to try; null for all.</param>
    /// <returns>What went in, and what stays in the archive.</returns>
    public async Task<(RowDigest Back, LeftRows Left)> CopyBesideOthersAsync(NpgsqlConnection session, string folder, Segment segment, IReadOnlyList<RowRange>? only, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync($"create temp table upkeep_rows on commit drop as select {ColumnList} from {Table.Quoted} limit 0", cancellationToken);
        var tried = 0L;
        await session.ImportAsync($"copy pg_temp.upkeep_rows ({ColumnList}) from stdin", stream => ArchiveReader.ReadRows(folder, segment, only, (_, row) =>
        {
            tried++;
            stream.Write(row);
            stream.WriteByte((byte)'\n');
        }), cancellationToken);
        var tally = new RowTally();
        var wentIn = new RowBag();
        var rows = new CopyRows(wentIn.Add);
        await session.ExportAsync(
            $"copy (insert into {Table.Quoted} ({ColumnList}) overriding system value select {ColumnList} from pg_temp.upkeep_rows on conflict do nothing returning {ColumnList}) to stdout",
            piece =>
            {
                tally.Add(piece);
                rows.Add(piece);
            }, cancellationToken);
        await session.ExecuteAsync("drop table pg_temp.upkeep_rows", cancellationToken);
        return (tally.Digest, LeftRows.Of(segment.Number, tried - tally.Digest.Rows, take => ArchiveReader.ReadRows(folder, segment, only, take), wentIn));
    }

    /// <summary>Reads again, in one pass, what those transactions put into the table.</summary>
    public async Task<RowDigest> ReadAsync(IReadOnlyList<string> xids, CancellationToken cancellationToken)
    {
        var tally = new RowTally();
        // A row's header has the lower half of the id.
        var ids = string.Join(',', xids.Select(xid => (uint)(ulong.Parse(xid, CultureInfo.InvariantCulture) & uint.MaxValue)));
        await ReadAsync($"xmin = any('{{{ids}}}'::xid[])", tally.Add, cancellationToken);
        return tally.Digest;
    }

    /// <summary>Reads every row that is older than a limit, as COPY text.</summary>
    /// <param name="limit">As COPY writes it.</param>
    public Task ReadOlderAsync(string limit, Action<ReadOnlySpan<byte>> take, CancellationToken cancellationToken) =>
        ReadAsync($"{Sql.Identifier(Columns[0])} < {Sql.Literal(limit)}", take, cancellationToken);

    private async Task ReadAsync(string condition, Action<ReadOnlySpan<byte>> take, CancellationToken cancellationToken)
    {
        await using var session = await Database.OpenAsync(cancellationToken);
        // The proof takes as long as the table is large.
        await session.ExecuteAsync("set statement_timeout = 0", cancellationToken);
        await session.ExportAsync($"copy (select {ColumnList} from {(IsLeaf ? "only " : "")}{Table.Quoted} where {condition}) to stdout", take, cancellationToken);
    }
}
