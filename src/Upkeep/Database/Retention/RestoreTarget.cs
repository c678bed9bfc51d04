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

    /// <summary>Puts one segment back.</summary>
    /// <param name="besideOthers">Leave out rows whose key another row has by now.</param>
    public async Task CopyAsync(NpgsqlConnection session, string folder, Segment segment, bool besideOthers, Action<RowTally> back, CancellationToken cancellationToken)
    {
        var table = besideOthers ? "pg_temp.upkeep_rows" : Table.Quoted;
        if (besideOthers)
            await session.ExecuteAsync($"create temp table upkeep_rows on commit drop as select {ColumnList} from {Table.Quoted} limit 0", cancellationToken);
        RowTally? read = null;
        await session.ImportAsync($"copy {table} ({ColumnList}) from stdin", stream => read = ArchiveReader.Read(folder, segment, stream.Write), cancellationToken);
        if (besideOthers)
        {
            read = new RowTally();
            await session.ExportAsync(
                $"copy (insert into {Table.Quoted} ({ColumnList}) overriding system value select {ColumnList} from pg_temp.upkeep_rows on conflict do nothing returning {ColumnList}) to stdout",
                read.Add, cancellationToken);
            await session.ExecuteAsync("drop table pg_temp.upkeep_rows", cancellationToken);
        }
        back(read!);
    }

    /// <summary>Reads again, in one pass, what those transactions put into the table.</summary>
    public async Task<RowDigest> ReadAsync(IReadOnlyList<string> xids, CancellationToken cancellationToken)
    {
        var tally = new RowTally();
        await using var session = await Database.OpenAsync(cancellationToken);
        // A row's header has the lower half of the id.
        var ids = string.Join(',', xids.Select(xid => (uint)(ulong.Parse(xid, CultureInfo.InvariantCulture) & uint.MaxValue)));
        await session.ExportAsync($"copy (select {ColumnList} from {(IsLeaf ? "only " : "")}{Table.Quoted} where xmin = any('{{{ids}}}'::xid[])) to stdout", tally.Add, cancellationToken);
        return tally.Digest;
    }
}
