using System.Globalization;

namespace Upkeep.Postgres.Digests;

/// <summary>Compares what a database held with what a copy of it holds. Pure.</summary>
public static class DigestComparison
{
    /// <summary>Every difference in words, in the order of the tables' names; empty where the copy is equal.</summary>
    /// <exception cref="ArgumentException">The two were made by different algorithms, which says nothing about the rows.</exception>
    public static IReadOnlyList<string> Of(DatabaseDigest expected, DatabaseDigest found)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(found);
        if (expected.Algorithm != found.Algorithm)
            throw new ArgumentException($"Digests of {expected.Algorithm} and {found.Algorithm} can't be compared.", nameof(found));
        return [.. Tables(expected, found), .. Sequences(expected, found), .. LargeObjects(expected.LargeObjects, found.LargeObjects)];
    }

    private static IEnumerable<string> Tables(DatabaseDigest expected, DatabaseDigest found)
    {
        var copies = found.Tables.ToDictionary(table => table.Table());
        foreach (var table in expected.Tables)
        {
            if (!copies.Remove(table.Table(), out var copy))
                yield return Text($"{table.Table()} is missing ({table.Rows} rows)");
            else if (copy.Rows != table.Rows)
                yield return Text($"{table.Table()} has {copy.Rows} rows where {table.Rows} were");
            else if (copy.Digest != table.Digest)
                yield return Text($"{table.Table()} has other content in its {table.Rows} rows");
        }
        // What the first digest was told not to speak for may well be there.
        var notCovered = expected.NotCovered.Select(left => left.What).ToHashSet(StringComparer.Ordinal);
        foreach (var extra in copies.Values.Where(copy => !notCovered.Contains(copy.Table().ToString())))
            yield return Text($"{extra.Table()} was not there ({extra.Rows} rows)");
    }

    // Sequences know no snapshots: a copy may be further on, never further back.
    private static IEnumerable<string> Sequences(DatabaseDigest expected, DatabaseDigest found)
    {
        var copies = found.Sequences.ToDictionary(sequence => (sequence.Schema, sequence.Name));
        foreach (var sequence in expected.Sequences)
        {
            if (!copies.TryGetValue((sequence.Schema, sequence.Name), out var copy))
                yield return $"sequence {sequence.Schema}.{sequence.Name} is missing";
            else if (sequence.LastValue is { } value && (copy.LastValue is not { } now || (sequence.Increment > 0 ? now < value : now > value)))
                yield return Text($"sequence {sequence.Schema}.{sequence.Name} stands at {copy.LastValue?.ToString(CultureInfo.InvariantCulture) ?? "its start"}, behind {value}");
        }
    }

    private static IEnumerable<string> LargeObjects(LargeObjectDigest? expected, LargeObjectDigest? found)
    {
        if (expected is null || expected == found)
            yield break;
        yield return found is null ? "the large objects can't be read" : Text($"the large objects differ: {found.Objects} where {expected.Objects} were, or other content");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
