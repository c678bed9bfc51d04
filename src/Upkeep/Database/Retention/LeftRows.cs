namespace Upkeep.Database.Retention;

/// <summary>Rows of one segment that an undo left in the archive, because another row has their key.</summary>
/// <param name="Count">How many.</param>
/// <param name="Rows">Which of the segment's rows, counted from 0, in order; null where it can't be told, because a trigger changes rows on their way in.</param>
public sealed record LeftRows(long Segment, long Count, IReadOnlyList<RowRange>? Rows)
{
    /// <summary>Compares what a segment (or a part of it) holds with what went in.</summary>
    /// <param name="rows">Hands each row that was to go in to its argument, with its number.</param>
    /// <param name="wentIn">The rows that went in, as the server returned them; used up.</param>
    internal static LeftRows Of(long segment, long count, Action<NumberedRow> rows, RowBag wentIn)
    {
        var ranges = new List<RowRange>();
        rows((number, row) =>
        {
            if (wentIn.Take(row))
                return;
            if (ranges.Count > 0 && ranges[^1].Last == number - 1)
                ranges[^1] = ranges[^1] with { Last = number };
            else
                ranges.Add(new RowRange(number, number));
        });
        // More strangers than rows that stayed: some went in as something else.
        return new LeftRows(segment, count, ranges.Sum(range => range.Last - range.First + 1) == count ? ranges : null);
    }
}

/// <summary>Rows one after the other, both ends included.</summary>
public sealed record RowRange(long First, long Last);

/// <summary>Takes a row's COPY text without line end, and its number in its segment, from 0.</summary>
internal delegate void NumberedRow(long number, ReadOnlySpan<byte> row);
