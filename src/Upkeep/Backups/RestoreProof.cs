using Upkeep.Backups.Restoring;

namespace Upkeep.Backups;

/// <summary>
/// What a restore of a backup showed. Stands beside the manifest as <c>proof.json</c>, because it must travel with the backup and outlive
/// the journal of the machine that proved it: a backup expires only when a newer one has such a proof that holds.
/// </summary>
public sealed record RestoreProof
{
    /// <summary>Version of this record's shape.</summary>
    public int Schema { get; init; } = 1;

    /// <summary>The manifest that was compared with, so that a proof can't be lent to another backup.</summary>
    public required string ManifestSha256 { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>True where nothing was found wrong; what could not be looked at is in <see cref="NotProven"/>.</summary>
    public required bool Holds { get; init; }

    /// <summary>True where all content was compared and equal, and indexes and heaps were looked at; null in proofs of before, which didn't say.</summary>
    public bool? Compared { get; init; }

    /// <summary>What was not as it should be, in words; empty where the proof holds.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>What no proof speaks for, in words.</summary>
    public required IReadOnlyList<string> NotProven { get; init; }

    /// <summary>Version of the server it was restored on.</summary>
    public required string ServerVersion { get; init; }

    public required int Tables { get; init; }

    public required long Rows { get; init; }

    /// <summary>Size of the restored database, in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>The parts of the restore and of the proof, with the time each took; together the time to recover.</summary>
    public required IReadOnlyList<RestorePhase> Phases { get; init; }
}
