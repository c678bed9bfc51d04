using NodaTime;
using Upkeep.Configuration;

namespace Upkeep.Backups.Pruning;

/// <summary>All that the policy decides from.</summary>
/// <param name="Backups">Everything in the store, in any order.</param>
/// <param name="Owner">The platform's database; backups of another, also of one of its name on another server, are somebody else's.</param>
/// <param name="Held">Ids of runs whose backup must stay, with the reason in words.</param>
/// <param name="Zone">Where days, weeks and months are counted.</param>
public sealed record PruneRequest(IReadOnlyList<StoredBackup> Backups, KeepSettings Keep, BackupOwner Owner, IReadOnlyDictionary<string, string> Held, DateTimeOffset Now,
    DateTimeZone Zone);

/// <summary>What stays and what goes, each with why.</summary>
/// <param name="Keep">The newest first; what has no date comes last.</param>
/// <param name="Expire">The oldest first, in which order they are removed.</param>
public sealed record PruneDecision(IReadOnlyList<PruneVerdict> Keep, IReadOnlyList<PruneVerdict> Expire);

/// <summary>Why one backup stays or goes.</summary>
/// <param name="Reasons">At least one.</param>
public sealed record PruneVerdict(StoredBackup Backup, IReadOnlyList<string> Reasons);
