using Upkeep.Postgres.Catalog;

namespace Upkeep.Performance.Locks;

/// <summary>Puts together from who waits for whom which sessions stand at the head of a queue: pure.</summary>
internal static class LockChains
{
    public static IReadOnlyList<LockChain> Of(IReadOnlyList<SessionState> sessions)
    {
        var byPid = sessions.ToDictionary(session => session.ProcessId);
        var waiting = sessions.Where(session => session.BlockedBy.Count > 0).ToList();
        var heads = waiting.SelectMany(session => session.BlockedBy).Distinct()
            .Where(pid => !byPid.TryGetValue(pid, out var blocker) || blocker.BlockedBy.Count == 0);
        return [.. heads.Select(head => Chain(head, byPid.GetValueOrDefault(head), waiting)).OrderByDescending(chain => chain.Waiters.Count).ThenBy(chain => chain.Blocker)];
    }

    private static LockChain Chain(int head, SessionState? blocker, IReadOnlyList<SessionState> waiting)
    {
        var waiters = new List<LockWaiter>();
        var (seen, level, depth) = (new HashSet<int> { head }, new HashSet<int> { head }, 0);
        // A ring (a deadlock not yet resolved) ends, because nobody is taken twice.
        while (level.Count > 0)
        {
            depth++;
            var next = waiting.Where(session => !seen.Contains(session.ProcessId) && session.BlockedBy.Any(level.Contains)).ToList();
            waiters.AddRange(next.Select(session => new LockWaiter(session.Named, depth, session.BlockedBy, session.StateSeconds, session.Query)));
            level = [.. next.Select(session => session.ProcessId)];
            seen.UnionWith(level);
        }
        return new LockChain(blocker?.Named ?? (head == 0 ? "a prepared transaction" : $"pid {head}"), blocker?.State, blocker?.TransactionSeconds, blocker?.Query, waiters);
    }
}
