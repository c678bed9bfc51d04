namespace Upkeep.Performance.Locks;

/// <summary>Locks at one moment, upkeep's own left out.</summary>
/// <param name="Chains">Who blocks whom.</param>
public sealed record LocksSurvey(IReadOnlyList<LockCount> Locks, IReadOnlyList<LockChain> Chains);

/// <summary>How many locks of a kind and mode are held or waited for.</summary>
public sealed record LockCount(string Kind, string Mode, bool Granted, long Count);

/// <summary>A session that waits for nobody, and all who wait for it, directly or behind others.</summary>
/// <param name="Blocker">Pid, user and application.</param>
/// <param name="Waiters">Each once, in the order of how far behind they stand.</param>
public sealed record LockChain(string Blocker, string? BlockerState, double? BlockerTransactionSeconds, string? BlockerQuery, IReadOnlyList<LockWaiter> Waiters);

/// <param name="Depth">1 waits for the blocker itself, 2 for one who does, and so on.</param>
/// <param name="BlockedBy">Pids of those it waits for; 0 stands for a prepared transaction.</param>
public sealed record LockWaiter(string Session, int Depth, IReadOnlyList<int> BlockedBy, double? WaitingSeconds, string? Query);
