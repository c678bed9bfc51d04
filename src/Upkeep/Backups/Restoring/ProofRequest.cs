using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Postgres.Digests;

namespace Upkeep.Backups.Restoring;

/// <summary>What a restored copy is held against.</summary>
public sealed record ProofRequest
{
    /// <summary>What was in the source, or null where nobody wrote it down.</summary>
    public DatabaseDigest? Expected { get; init; }

    /// <summary>Rows per table that the backup itself holds, where there is no more to compare with.</summary>
    public IReadOnlyDictionary<TableName, long> Counts { get; init; } = new Dictionary<TableName, long>();

    /// <summary>What is known beforehand not to be in the copy, in words.</summary>
    public IReadOnlyList<string> NotProven { get; init; } = [];

    /// <summary>False where the copy may rightly be a few transactions away from <see cref="Expected"/>: then a difference proves nothing.</summary>
    public bool IsExact { get; init; } = true;

    /// <summary>Whether it is a copy byte for byte, with whatever state the source's indexes were in.</summary>
    public bool IsPhysical { get; init; }

    /// <summary>Hears which table was compared, or what else is looked at.</summary>
    public Action<string> Moved { get; init; } = _ => { };

    /// <summary>What the manifest of a backup of ours asks for.</summary>
    public static ProofRequest Of(BackupManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return new ProofRequest { Expected = manifest.Content, IsExact = manifest.Point is not { Exact: false }, IsPhysical = manifest.Engine != BackupEngineName.PgDump };
    }
}
