using System.Globalization;
using System.IO.Hashing;

namespace Upkeep.Database.Retention;

/// <summary>
/// A digest of a bag of rows, whatever their order: the sum of the rows' XxHash128 modulo 2^128, and their number. A row that occurs
/// twice counts twice (an exclusive-or would forget it). It guards against loss and mix-ups, not against forgers.
/// </summary>
internal struct RowDigest
{
    public UInt128 Sum { get; private set; }

    public long Rows { get; private set; }

    public void Add(ReadOnlySpan<byte> row)
    {
        Sum = unchecked(Sum + XxHash128.HashToUInt128(row));
        Rows++;
    }

    public void Add(string sum, long rows)
    {
        Sum = unchecked(Sum + UInt128.Parse(sum, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        Rows += rows;
    }

    public void Add(RowDigest other)
    {
        Sum = unchecked(Sum + other.Sum);
        Rows += other.Rows;
    }

    public readonly string Hex => Sum.ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>Keeps the digest of rows in COPY text, and the newest first field.</summary>
internal sealed class RowTally
{
    private readonly CopyRows _rows;
    private byte[] _newest = [];
    private RowDigest _digest;

    public RowTally() => _rows = new CopyRows(Row);

    public RowDigest Digest => _digest;

    /// <summary>The greatest first field as COPY wrote it, or null without rows.</summary>
    public string? Newest => _digest.Rows == 0 ? null : System.Text.Encoding.ASCII.GetString(_newest);

    public void Add(ReadOnlySpan<byte> piece) => _rows.Add(piece);

    private void Row(ReadOnlySpan<byte> row)
    {
        _digest.Add(row);
        var tab = row.IndexOf((byte)'\t');
        var instant = tab < 0 ? row : row[..tab];
        if (CopyInstant.Compare(instant, _newest) > 0)
            _newest = instant.ToArray();
    }
}

/// <summary>Orders instants as COPY writes them (ISO, one zone) without parsing them.</summary>
internal static class CopyInstant
{
    public static int Compare(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        var rank = Rank(one).CompareTo(Rank(other));
        return rank != 0 ? rank : one.SequenceCompareTo(other);
    }

    // Text order is time order for years of four digits; the rest is put before or after them. '+' and 'end' sort before '.', so a
    // fraction sorts after none.
    private static int Rank(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return -3;
        if (text[0] == (byte)'-')
            return -2;
        if (text.EndsWith("BC"u8))
            return -1;
        if (text[0] == (byte)'i')
            return 1000;
        return text.IndexOf((byte)'-');
    }
}
