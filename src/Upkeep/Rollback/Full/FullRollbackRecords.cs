using System.Text.Json.Serialization;

namespace Upkeep.Rollback.Full;

/// <summary>What is and what would be swapped. Databases are told by their oids: a name says nothing once the swap has begun.</summary>
/// <param name="Backup">The backup that is gone back to.</param>
/// <param name="BackupAt">When it was taken.</param>
/// <param name="Database">The name that the platform connects to.</param>
/// <param name="LiveOid">The database that bears it at the look.</param>
/// <param name="Beside">The name under which the backup is restored; free at the look.</param>
/// <param name="Aside">The name under which the live one is kept; free at the look.</param>
/// <param name="DatabaseBytes">Its size when the backup was taken.</param>
/// <param name="FreeBytes">Free on the server's disk; null where it can't be seen from here.</param>
/// <param name="Running">The configured services that run, in the order in which they are stopped.</param>
public sealed record FullRollbackSurvey(string Backup, DateTimeOffset BackupAt, string Database, uint LiveOid, string Beside, string Aside,
    long DatabaseBytes, long? FreeBytes, IReadOnlyList<string> Running);

/// <summary>Which database was replaced by which.</summary>
/// <param name="ReplacedOid">The one that was live before.</param>
/// <param name="Replaced">The name under which it is kept.</param>
/// <param name="RestoredOid">The one made from the backup; null where an interrupted attempt had not come so far.</param>
/// <param name="Beside">Its name before the swap.</param>
/// <param name="Xid">The swap's transaction, 64 bits wide; null where there was none.</param>
/// <param name="DowntimeSeconds">From the first ended session to the commit; null where the process that swapped died before it could say so.</param>
public sealed record FullRollbackEffect(string Backup, string Database, uint ReplacedOid, string Replaced, uint? RestoredOid, string Beside, string? Xid,
    double? DowntimeSeconds, IReadOnlyList<string> Running);

/// <summary>How far a full rollback, or going back from one, is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RollbackPhase>))]
public enum RollbackPhase
{
    /// <summary>The restored database is made; its oid is in the checkpoint.</summary>
    Made,

    /// <summary>It is equal to the manifest and fit to be live.</summary>
    Proven,

    /// <summary>Services are being stopped.</summary>
    Stopping,

    /// <summary>A swap is tried; its transaction is in the checkpoint, and what became of it the server knows.</summary>
    Swapping,

    /// <summary>The swap is committed; how long nobody could work is in the checkpoint.</summary>
    Swapped,
}

/// <summary>A checkpoint.</summary>
/// <param name="Oid">Of <see cref="RollbackPhase.Made"/> and <see cref="RollbackPhase.Proven"/>: the restored database.</param>
/// <param name="Name">Of going back: the name under which the restored database is kept.</param>
public sealed record RollbackCheckpoint(RollbackPhase Phase, uint? Oid = null, string? Xid = null, double? Seconds = null, string? Name = null);

/// <summary>What interrupted attempts left in the journal.</summary>
internal sealed record RollbackPast(uint? MadeOid, uint? ProvenOid, IReadOnlyList<string> Xids, double? Downtime, string? Name)
{
    public static RollbackPast Of(IReadOnlyList<RollbackCheckpoint> checkpoints)
    {
        var made = checkpoints.LastOrDefault(one => one.Phase == RollbackPhase.Made)?.Oid;
        var proven = checkpoints.LastOrDefault(one => one.Phase == RollbackPhase.Proven)?.Oid;
        return new RollbackPast(made, proven == made ? proven : null, [.. checkpoints.Select(one => one.Xid).OfType<string>()],
            checkpoints.LastOrDefault(one => one.Phase == RollbackPhase.Swapped)?.Seconds, checkpoints.LastOrDefault(one => one.Name is not null)?.Name);
    }
}
