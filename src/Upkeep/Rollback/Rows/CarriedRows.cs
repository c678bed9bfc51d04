using System.Globalization;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Rollback.Rows;

/// <summary>Rows that one transaction carries over, noted before its commit.</summary>
/// <param name="Xid">As <c>pg_current_xact_id()</c> gave it.</param>
/// <param name="Places">Their ctids in the replaced database, which nobody writes to any more, as <see cref="RowPlaces"/> packs them.</param>
public sealed record CarriedBatch(string Schema, string Name, string Xid, bool IsUpdate, string Places);

/// <summary>
/// What this act carried over so far, in this attempt and in earlier ones: after a kill the server says which batches count. A row that a user deleted since
/// then is not put back.
/// </summary>
internal sealed class CarriedRows
{
    private readonly HashSet<(TableName Table, string Place)> _rows = [];

    public long Inserted { get; private set; }

    public long Updated { get; private set; }

    /// <summary>Reads the step's checkpoints and asks the server what became of each transaction.</summary>
    /// <param name="noted">What this process has noted itself: the journal doesn't tell it its own checkpoints.</param>
    public static async Task<CarriedRows> ReadAsync(StepContext context, IEnumerable<CarriedBatch> noted, DatabaseDoor live, TimeProvider time, CancellationToken cancellationToken)
    {
        var carried = new CarriedRows();
        foreach (var batch in context.Checkpoints<CarriedBatch>().Concat(noted))
        {
            // So long ago that the server has forgotten it: our sessions end with us, so it did not run on, and what it noted was about to be committed.
            if (await live.FateAsync(batch.Xid, time, cancellationToken) != TransactionFate.Aborted)
                carried.Add(batch);
        }
        return carried;
    }

    public bool Contains(TableName table, Difference row) => row.Replaced is { } replaced && _rows.Contains((table, replaced.Place));

    private void Add(CarriedBatch batch)
    {
        var places = RowPlaces.Unpack(batch.Places).ToList();
        _ = batch.IsUpdate ? Updated += places.Count : Inserted += places.Count;
        var table = new TableName(batch.Schema, batch.Name);
        foreach (var place in places)
            _rows.Add((table, place));
    }
}

/// <summary>Ctids in few letters: rows written one after the other lie one after the other.</summary>
internal static class RowPlaces
{
    /// <param name="places">As PostgreSQL writes them, for example <c>(12,3)</c>.</param>
    /// <returns>For example <c>12,1-40 13,1-2</c>.</returns>
    public static string Pack(IEnumerable<string> places)
    {
        var ranges = new List<(long Block, int From, int To)>();
        foreach (var (block, row) in places.Select(Parse).Order())
        {
            if (ranges.Count > 0 && ranges[^1] is var last && last.Block == block && last.To + 1 == row)
                ranges[^1] = last with { To = row };
            else
                ranges.Add((block, row, row));
        }
        return string.Join(' ', ranges.Select(range => string.Create(CultureInfo.InvariantCulture, $"{range.Block},{range.From}-{range.To}")));
    }

    public static IEnumerable<string> Unpack(string packed) =>
        from range in packed.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        let parts = range.Split(',', '-')
        let first = int.Parse(parts[1], CultureInfo.InvariantCulture)
        from row in Enumerable.Range(first, int.Parse(parts[2], CultureInfo.InvariantCulture) - first + 1)
        select string.Create(CultureInfo.InvariantCulture, $"({parts[0]},{row})");

    private static (long Block, int Row) Parse(string place)
    {
        var parts = place.Trim('(', ')').Split(',');
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
