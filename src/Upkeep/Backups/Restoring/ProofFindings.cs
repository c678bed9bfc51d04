namespace Upkeep.Backups.Restoring;

/// <summary>What a proof found, in words.</summary>
/// <param name="Problems">What isn't as it should be.</param>
/// <param name="NotProven">What should have been looked at and wasn't.</param>
/// <param name="Limits">What the backup itself says that it has no digest of (materialised views, for example).</param>
public sealed record ProofFindings(IReadOnlyList<string> Problems, IReadOnlyList<string> NotProven, IReadOnlyList<string> Limits)
{
    /// <summary>False where some of the rows was not compared or was not equal, or where indexes and heaps were not looked at: then no older backup may go for this one.</summary>
    public bool IsComplete { get; init; } = true;

    public static ProofFindings None { get; } = new([], [], []);

    public static ProofFindings Wrong(IEnumerable<string> problems) => None with { Problems = [.. problems] };

    public static ProofFindings Unproven(params IEnumerable<string> what) => None with { NotProven = [.. what] };

    /// <summary>The same for what leaves the proof itself open, and not only a detail of it.</summary>
    public static ProofFindings Incomplete(params IEnumerable<string> what)
    {
        var open = Unproven(what);
        return open with { IsComplete = open.NotProven.Count == 0 };
    }

    public ProofFindings With(ProofFindings other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new ProofFindings([.. Problems, .. other.Problems], [.. NotProven, .. other.NotProven], [.. Limits, .. other.Limits]) { IsComplete = IsComplete && other.IsComplete };
    }
}
