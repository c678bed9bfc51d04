using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Postgres.Catalog;
using Upkeep.Running;

namespace Upkeep.Preparation.Readiness;

/// <summary>The conditions, each from what was seen: pure.</summary>
internal static class Conditions
{
    private const string GrantMonitor = "grant pg_monitor to the role that upkeep logs in as.";
    private const int Named = 3;

    /// <summary>In a run both locks are its own by now; a plan or a dry run takes none, and says who would be in the way.</summary>
    public static Condition Locked(RunLockHolder? file, AdvisoryHolder? database) => (file, database) switch
    {
        ({ Process: var process }, _) when process == ProcessMark.Own => new("lock", Verdict.Go, "this run holds the lock"),
        ({ } other, _) => new("lock", Verdict.NoGo, $"the lock is held by {other}", "Wait for it (upkeep status --watch), or stop it with Ctrl-C or SIGTERM: it stops at its next safe point."),
        (null, { } other) => new("lock", Verdict.NoGo, $"the lock in the database is held by {other.Label}, server process {other.ServerProcessId}", "Wait for it, or stop it on the machine that it runs on."),
        _ => new("lock", Verdict.Go, "nobody holds the lock"),
    };

    public static Condition ActiveUsers(QueryNumber? users, int limit) => users switch
    {
        null => new("active-users", Verdict.NotChecked, "users active now, because no query is configured", "Set readiness.activeUsersQuery."),
        { Problem: { } problem } => new("active-users", Verdict.NotChecked, $"users active now, because the query failed: {problem}", "Mend readiness.activeUsersQuery."),
        { Value: var value } when value > limit => new("active-users", Verdict.NoGo, Text($"{Counted.Of((long)Math.Round(value ?? 0), "user is", "users are")} active, the limit is {limit}"), "Wait until they are gone, or raise readiness.maxActiveUsers."),
        { Value: var value } => new("active-users", Verdict.Go, Text($"{Counted.Of((long)Math.Round(value ?? 0), "user is", "users are")} active, the limit is {limit}")),
    };

    public static IEnumerable<Condition> LongTransactions(bool seesAll, IReadOnlyList<SessionState> sessions, TimeSpan limit)
    {
        var late = sessions.Where(session => session.TransactionSeconds > limit.TotalSeconds).ToList();
        foreach (var session in late)
            yield return new("long-transactions", Verdict.NoGo,
                Text($"{session.Named} has a transaction open for {Age(session.TransactionSeconds)}, the limit is {Age(limit.TotalSeconds)}; {session.State}: {session.Query ?? "statement not visible"}"),
                Text($"Ask its owner to end it; if nobody answers: select pg_terminate_backend({session.ProcessId})"));
        if (!seesAll)
            yield return new("long-transactions", Verdict.NotChecked, "transactions of other users, because our role may not see them", GrantMonitor);
        else if (late.Count == 0)
            yield return new("long-transactions", Verdict.Go, $"the oldest transaction is open for {Age(sessions.Max(session => session.TransactionSeconds) ?? 0)}, the limit is {Age(limit.TotalSeconds)}");
    }

    public static IEnumerable<Condition> Prepared(IReadOnlyList<PreparedTransaction> prepared, TimeSpan limit)
    {
        var forgotten = prepared.Where(transaction => transaction.AgeSeconds > limit.TotalSeconds).ToList();
        foreach (var transaction in forgotten)
            yield return new("prepared-transactions", Verdict.NoGo,
                $"prepared transaction {transaction.Id} of {transaction.Owner} in {transaction.Database} is {Age(transaction.AgeSeconds)} old, the limit is {Age(limit.TotalSeconds)}: it holds its locks and keeps every vacuum from cleaning",
                $"Find out whose it is, then: rollback prepared {Sql.Literal(transaction.Id).Trim()} (or commit prepared)");
        if (forgotten.Count == 0)
            yield return new("prepared-transactions", Verdict.Go, Text($"{Counted.Of(prepared.Count, "prepared transaction")}, none older than {Age(limit.TotalSeconds)}"));
    }

    public static Condition Replication(DatabaseState state, IReadOnlyList<Replica>? replicas, TimeSpan limit)
    {
        if (state.IsInRecovery)
            return new("replication", Verdict.NoGo, $"{state.Database} is a standby: nothing can be changed on it", "Point database.url at the primary.");
        if (replicas is null)
            return new("replication", Verdict.NotChecked, "replication lag, because our role may not see the replicas", GrantMonitor);
        var late = replicas.Where(replica => replica.LagSeconds > limit.TotalSeconds).ToList();
        return late.Count == 0
            ? new("replication", Verdict.Go, Text($"{Counted.Of(replicas.Count, "replica")}, the slowest {Age(replicas.Max(replica => replica.LagSeconds) ?? 0)} behind, the limit is {Age(limit.TotalSeconds)}"))
            : new("replication", Verdict.NoGo, $"{string.Join(", ", late.Take(Named).Select(replica => $"{replica.Name} is {Age(replica.LagSeconds)} behind"))}, the limit is {Age(limit.TotalSeconds)}",
                "Let it catch up; look at its disk, its network and long queries on it.");
    }

    /// <param name="needs">What the backup and a scratch restore may take; null where our role may not know the database's size.</param>
    /// <param name="scratch">Where the scratch restore happens.</param>
    public static Condition Disk(RoomNeeds? needs, DiskSpace? backups, DiskSpace? scratch, long reserve)
    {
        if (needs is null || backups is null || scratch is null)
            return new("disk", Verdict.NotChecked, needs is null ? "free disk, because our role may not know the database's size" : "free disk, because the folders of backups and runs can't be looked at", null);
        var (dump, copy) = (needs.Backup, needs.Scratch);
        // Two folders of one file system share its room; equal figures tell them.
        var shared = backups.TotalBytes == scratch.TotalBytes && backups.FreeBytes == scratch.FreeBytes;
        var needed = (shared ? dump + copy : dump) + reserve;
        var message = Text($"{Amount.Bytes(backups.FreeBytes)} are free at {backups.Path}, {Amount.Bytes(needed)} are needed: an estimated {Amount.Bytes(dump)} for the backup{(shared && copy > 0 ? Text($", {Amount.Bytes(copy)} for a scratch restore") : "")} and {Amount.Bytes(reserve)} in reserve");
        if (backups.FreeBytes < needed)
            return new("disk", Verdict.NoGo, message, "Make room there, or name another backup.folder.");
        return !shared && scratch.FreeBytes < copy + reserve
            ? new("disk", Verdict.NoGo, Text($"{Amount.Bytes(scratch.FreeBytes)} are free at {scratch.Path}, {Amount.Bytes(copy + reserve)} are needed for a scratch restore and in reserve"), "Make room there, or name another folder under backup: restore: folder.")
            : new("disk", Verdict.Go, message);
    }

    public static Condition TimeLeft(RunWindow? window, DateTimeOffset now, TimeSpan reserve)
    {
        if (window is null)
            return new("time-left", Verdict.NotChecked, "time left, because this run keeps to no window", null);
        var left = window.End - (now > window.Start ? now : window.Start);
        var message = $"{Age(left.TotalSeconds)} of the window are left, {Age(reserve.TotalSeconds)} are kept for verification and rollback";
        return left > reserve ? new("time-left", Verdict.Go, message) : new("time-left", Verdict.NoGo, message, "Too late for this window: see upkeep schedule next, or run with --ignore-window.");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Age(double? seconds) => seconds is { } known ? Amount.Duration(TimeSpan.FromSeconds(Math.Max(0, Math.Round(known, 1)))) : "an unknown time";
}
