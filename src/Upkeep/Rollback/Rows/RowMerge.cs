using System.Runtime.CompilerServices;

namespace Upkeep.Rollback.Rows;

/// <summary>How a row of the replaced database stands to the restored one that is live now.</summary>
internal enum DifferenceKind
{
    /// <summary>Only in the replaced one: written after the backup.</summary>
    New,

    /// <summary>In both with other content, and the live one is the backup's version.</summary>
    Changed,

    /// <summary>In both with other content, and the live one was written after the swap too.</summary>
    Both,

    /// <summary>Only in the backup: deleted after it.</summary>
    Gone,
}

/// <summary>One row that differs.</summary>
/// <param name="Times">How many of it; more than one only without a key.</param>
internal sealed record Difference(DifferenceKind Kind, SideRow? Replaced, SideRow? Live, long Times);

/// <summary>Walks two ordered streams side by side. Pure, and in constant memory.</summary>
internal static class RowMerge
{
    public static async IAsyncEnumerable<Difference> DifferencesAsync(IAsyncEnumerable<SideRow> replaced, IAsyncEnumerable<SideRow> live,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var left = replaced.GetAsyncEnumerator(cancellationToken);
        await using var right = live.GetAsyncEnumerator(cancellationToken);
        var (hasLeft, hasRight) = (await left.MoveNextAsync(), await right.MoveNextAsync());
        while (hasLeft || hasRight)
        {
            var order = !hasLeft ? 1 : !hasRight ? -1 : left.Current.Key.AsSpan().SequenceCompareTo(right.Current.Key);
            var found = order < 0 ? new Difference(DifferenceKind.New, left.Current, null, left.Current.Times)
                : order > 0 ? OnlyLive(right.Current) : InBoth(left.Current, right.Current);
            if (found is not null)
                yield return found;
            if (order <= 0)
                hasLeft = await left.MoveNextAsync();
            if (order >= 0)
                hasRight = await right.MoveNextAsync();
        }
    }

    // What was written after the swap is the live database's own business.
    private static Difference? OnlyLive(SideRow live) => live.Since ? null : new Difference(DifferenceKind.Gone, null, live, live.Times);

    private static Difference? InBoth(SideRow replaced, SideRow live) => (replaced.SameContent(live), replaced.Times - live.Times) switch
    {
        (true, 0) => null,
        (true, > 0 and var more) => new Difference(DifferenceKind.New, replaced, live, more),
        (true, var fewer) => new Difference(DifferenceKind.Gone, replaced, live, -fewer),
        _ => new Difference(live.Since ? DifferenceKind.Both : DifferenceKind.Changed, replaced, live, 1),
    };
}
