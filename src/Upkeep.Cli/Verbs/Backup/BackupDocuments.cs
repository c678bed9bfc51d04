using Upkeep.Backups;

namespace Upkeep.Cli.Verbs.Backup;

/// <summary>The backups as JSON, newest first.</summary>
/// <param name="NotChecked">Folders that could not be looked at.</param>
internal sealed record BackupListDocument(int Schema, string Platform, IReadOnlyList<BackupDocument> Backups, IReadOnlyList<NotCheckedDocument> NotChecked);

internal sealed record NotCheckedDocument(string Place, string Reason);

/// <summary>One backup as JSON.</summary>
/// <param name="Source"><c>own backups</c>, or the folder that others put it into.</param>
/// <param name="At">When it began, for one of ours; when it was last written to, for another's.</param>
/// <param name="State">Absent figures are not known, as those of a backup without a manifest.</param>
/// <param name="Proof">Absent where it was never restored.</param>
internal sealed record BackupDocument(string Name, string Source, DateTime At, long AgeSeconds, string Kind, long Bytes, string State, string Detail, string? Run, long? Rows, int? Tables,
    string? ServerVersion, ProofDocument? Proof)
{
    public static BackupDocument Of(KnownBackup backup, DateTimeOffset now)
    {
        var manifest = backup.Stored?.Manifest;
        return new BackupDocument(backup.Name, backup.Source, backup.At.UtcDateTime, (long)(now - backup.At).TotalSeconds, backup.Kind, backup.Bytes, backup.State.ToString().ToLowerInvariant(), backup.Detail,
            manifest?.Run, manifest?.Rows(), manifest?.Content.Tables.Count, manifest?.ServerVersion, backup.Stored?.Proof is { } proof ? ProofDocument.Of(proof, backup.Stored.IsProven) : null);
    }
}

/// <summary>What a restore showed, as JSON.</summary>
/// <param name="Holds">Nothing was found wrong.</param>
/// <param name="Proven">And nothing was left open, so that older backups may expire for it.</param>
internal sealed record ProofDocument(DateTime At, bool Holds, bool Proven, long RecoveryMs, string ServerVersion, IReadOnlyList<string> Problems)
{
    public static ProofDocument Of(RestoreProof proof, bool proven) =>
        new(proof.At.UtcDateTime, proof.Holds, proven, (long)proof.Phases.Sum(phase => phase.Took.TotalMilliseconds), proof.ServerVersion, proof.Problems);
}
