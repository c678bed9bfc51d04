using Npgsql;
using Upkeep.Postgres;

namespace Upkeep.Rollback.Rows;

/// <summary>A row that the restored database did not take.</summary>
/// <param name="Why">In the server's words, or ours.</param>
internal sealed record Conflict(TableName Table, string Key, bool IsNew, string Why);

/// <summary>
/// Puts rows of the replaced database into the restored one, a batch a transaction. What a constraint refuses is looked at row by row; a row
/// that refers to one that comes later is tried again at the end.
/// </summary>
/// <param name="replaced">A session in the replaced database's snapshot.</param>
internal sealed class RowCarrier(NpgsqlConnection replaced, DatabaseDoor live, string swapXid)
{
    // As long as a batch keeps writers of a table with triggers waiting, at most.
    private const string Session = "set local lock_timeout = '5s'; set local statement_timeout = 0; set local lc_monetary = 'C'; set local row_security = off";

    private readonly List<(TableShape Table, Difference Row)> _later = [];
    private readonly List<Conflict> _conflicts = [];
    private readonly Dictionary<Difference, string> _why = [];
    private long _inserted;
    private long _updated;

    /// <summary>What an interrupted attempt has carried over already.</summary>
    public CarriedRows Before { get; init; } = new();

    /// <summary>Hears of every batch before it is committed.</summary>
    public Action<CarriedBatch> Note { get; init; } = _ => { };

    public long Inserted => Before.Inserted + _inserted;

    public long Updated => Before.Updated + _updated;

    public IReadOnlyList<Conflict> Conflicts => _conflicts;

    /// <summary>Takes rows of one table over; those that aren't to be are conflicts at once.</summary>
    public async Task TakeAsync(TableShape table, IReadOnlyList<Difference> found, CarryOver mode, CancellationToken cancellationToken)
    {
        List<Difference> rows = [.. found.Where(row => !Before.Contains(table.Name, row))];
        await CarryAsync(table, [.. rows.Where(row => row.Kind == DifferenceKind.New)], isUpdate: false, cancellationToken);
        var changed = rows.Where(row => row.Kind == DifferenceKind.Changed).ToList();
        if (mode == CarryOver.NewAndChanged)
            await CarryAsync(table, changed, isUpdate: true, cancellationToken);
        else
            changed.ForEach(row => Refuse(table, row, "two versions of one key: which is right is for a person to say"));
        foreach (var row in rows.Where(row => row.Kind == DifferenceKind.Both))
            Refuse(table, row, "written after the swap too");
    }

    /// <summary>Tries again what a constraint refused, for as long as that helps.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        int before;
        do
        {
            (TableShape Table, Difference Row)[] again = [.. _later];
            before = again.Length;
            _later.Clear();
            foreach (var (table, row) in again)
                await CarryAsync(table, [row], row.Kind == DifferenceKind.Changed, cancellationToken);
        }
        while (_later.Count > 0 && _later.Count < before);
        foreach (var (table, row) in _later)
            Refuse(table, row, _why.GetValueOrDefault(row, "a constraint refuses it"));
    }

    private async Task CarryAsync(TableShape table, List<Difference> rows, bool isUpdate, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
            return;
        try
        {
            var taken = await TransferAsync(table, rows, isUpdate, cancellationToken);
            _ = isUpdate ? _updated += taken.Count : _inserted += taken.Count;
            foreach (var row in rows.Where(row => !taken.Contains(Key(row))))
                Refuse(table, row, isUpdate ? "changed in the live database since" : "the live database has a row of the same unique value");
        }
        // Class 23: a constraint. One row's fault must not keep the others out.
        catch (PostgresException refused) when (refused.SqlState.StartsWith("23", StringComparison.Ordinal) && rows.Count > 1)
        {
            foreach (var row in rows)
                await CarryAsync(table, [row], isUpdate, cancellationToken);
        }
        catch (PostgresException refused) when (refused.SqlState.StartsWith("23", StringComparison.Ordinal))
        {
            _later.Add((table, rows[0]));
            _why[rows[0]] = refused.MessageText;
        }
        catch (PostgresException refused) when (!refused.IsTransient || refused.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            foreach (var row in rows)
                Refuse(table, row, refused.MessageText);
        }
    }

    private async Task<HashSet<string>> TransferAsync(TableShape table, List<Difference> rows, bool isUpdate, CancellationToken cancellationToken)
    {
        var columns = string.Join(", ", table.Writable);
        var places = string.Join(',', rows.Select(row => $"\"{row.Replaced!.Place}\""));
        using var held = new MemoryStream();
        await replaced.ExportAsync($"copy (select {columns} from only {table.Name.Quoted} where ctid = any('{{{places}}}'::tid[])) to stdout", bytes => held.Write(bytes), cancellationToken);
        held.Position = 0;
        await using var session = await live.OpenAsync(cancellationToken);
        await using var transaction = await session.BeginTransactionAsync(cancellationToken);
        await session.ExecuteAsync($"{Session}; create temporary table upkeep_carry on commit drop as select {columns} from only {table.Name.Quoted} with no data", cancellationToken);
        await session.ImportAsync($"copy pg_temp.upkeep_carry ({columns}) from stdin", held.CopyTo, cancellationToken);
        // What the triggers would do was done when the row was written, and is carried over itself.
        await SwitchAsync(session, table, "disable", cancellationToken);
        var taken = (await session.QueryAsync(isUpdate ? Update(table) : Insert(table, columns), row => row.GetString(0), cancellationToken)).ToHashSet(StringComparer.Ordinal);
        await session.ExecuteAsync("set constraints all immediate", cancellationToken);
        await SwitchAsync(session, table, "enable", cancellationToken);
        var xid = await session.ScalarAsync<string>("select pg_current_xact_id()::text", cancellationToken);
        Note(new CarriedBatch(table.Name.Schema, table.Name.Name, xid!, isUpdate, RowPlaces.Pack(rows.Where(row => taken.Contains(Key(row))).Select(row => row.Replaced!.Place))));
        await transaction.CommitAsync(cancellationToken);
        return taken;
    }

    private static string Insert(TableShape table, string columns) =>
        $"""
        insert into {table.Name.Quoted} ({columns}) overriding system value select {columns} from pg_temp.upkeep_carry
        on conflict do nothing returning row({KeyOf(table, "")})::text
        """;

    // Only where the live row is still the backup's.
    private string Update(TableShape table)
    {
        var content = table.Writable.Except(table.Key.Select(Sql.Identifier)).ToList();
        var same = string.Join(" and ", table.Key.Select(Sql.Identifier).Select(column => $"t.{column} = c.{column}"));
        return $"""
            update only {table.Name.Quoted} t set {string.Join(", ", content.Select(column => $"{column} = c.{column}"))} from pg_temp.upkeep_carry c
            where {same} and not ({RowStream.Since(swapXid).Replace("xmin", "t.xmin", StringComparison.Ordinal)}) returning row({KeyOf(table, "t.")})::text
            """;
    }

    private static string KeyOf(TableShape table, string of) => string.Join(", ", table.Key.Select(column => of + Sql.Identifier(column)));

    private static async Task SwitchAsync(NpgsqlConnection session, TableShape table, string how, CancellationToken cancellationToken)
    {
        foreach (var trigger in table.Triggers)
            await session.ExecuteAsync($"alter table {table.Name.Quoted} {how} trigger {Sql.Identifier(trigger)}", cancellationToken);
    }

    private void Refuse(TableShape table, Difference row, string why) =>
        _conflicts.Add(new Conflict(table.Name, Key(row), row.Kind == DifferenceKind.New, why));

    private static string Key(Difference row) => System.Text.Encoding.UTF8.GetString(row.Replaced!.Key);
}
