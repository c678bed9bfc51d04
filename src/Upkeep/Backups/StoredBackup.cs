using Upkeep.Backups.Restoring;

namespace Upkeep.Backups;

/// <summary>A backup as it lies in the store.</summary>
/// <param name="Folder">Its folder, absolute.</param>
/// <param name="Manifest">Null where there is none that can be read: then nobody knows what is in it.</param>
/// <param name="Proof">The last proof that it restores, of this very manifest; null where there is none.</param>
public sealed record StoredBackup(string Name, string Folder, BackupManifest? Manifest, RestoreProof? Proof)
{
    /// <summary>Whether it has been restored, compared in all that its manifest has a digest of, and found equal: only such a one lets older ones expire.</summary>
    public bool IsProven => Proof is { Holds: true } proof && (proof.Compared ?? IsWithoutGaps(proof));

    // A proof of before says what it left open; that counts unless it is only what the manifest says that it has no digest of.
    private bool IsWithoutGaps(RestoreProof proof) => Manifest is not null && !proof.NotProven.Except(RestoreProver.LimitsOf(Manifest.Content)).Any();
}
