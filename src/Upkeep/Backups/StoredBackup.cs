namespace Upkeep.Backups;

/// <summary>A backup as it lies in the store.</summary>
/// <param name="Folder">Its folder, absolute.</param>
/// <param name="Manifest">Null where there is none that can be read: then nobody knows what is in it.</param>
/// <param name="Proof">The last proof that it restores, of this very manifest; null where there is none.</param>
public sealed record StoredBackup(string Name, string Folder, BackupManifest? Manifest, RestoreProof? Proof)
{
    /// <summary>Whether it has been restored and was found equal to its manifest.</summary>
    public bool IsProven => Proof is { Holds: true };
}
