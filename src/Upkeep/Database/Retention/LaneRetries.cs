using Npgsql;
using Upkeep.Postgres;

namespace Upkeep.Database.Retention;

/// <summary>Whether a failed transaction is tried again, and how.</summary>
internal sealed class LaneRetries(PurgeFrame frame)
{
    // A row locked longer than three tries is somebody's long transaction: it is left and reported.
    private const int TriesBeforeSkipping = 3;
    private const int Tries = 12;
    private static readonly TimeSpan _longestBackoff = TimeSpan.FromSeconds(2);

    private int _failed;
    private long? _blockedSince;

    /// <summary>Whether locked rows are to be left from now on; ends with the next success.</summary>
    public bool SkipLocked => _failed >= TriesBeforeSkipping;

    public TimeSpan Backoff => TimeSpan.FromMilliseconds(Math.Min(_longestBackoff.TotalMilliseconds, 20 * Math.Pow(2, _failed)));

    /// <summary>The table itself could be locked.</summary>
    public void GotThrough() => _blockedSince = null;

    public void Done() => _failed = 0;

    /// <returns>Null to try again.</returns>
    public LaneEnd? Judge(NpgsqlException problem)
    {
        _failed++;
        var table = frame.Leaf.Table;
        return problem switch
        {
            PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName } gone =>
                new LaneEnd(LaneVerdict.Problem, $"{table} was dropped or altered while rows were being removed: {gone.MessageText}", "What was removed before is archived; mend the rule or take it out."),
            PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => Blocked(table),
            PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.SerializationFailure
                or PostgresErrorCodes.ForeignKeyViolation } again when _failed < Tries => null,
            PostgresException { IsTransient: true } when _failed < Tries => null,
            PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow } => Unreachable(problem),
            PostgresException refused => new LaneEnd(LaneVerdict.Problem, $"{table}: the server refused: {refused.MessageText} ({refused.SqlState})", "The other tables were gone on with."),
            _ => Unreachable(problem),
        };
    }

    private LaneEnd? Unreachable(NpgsqlException problem) => _failed < Tries
        ? null
        : new LaneEnd(LaneVerdict.Fatal, $"the database went away: {problem.Message}", "What was committed before is archived. When the database is back: upkeep run --resume");

    private LaneEnd? Blocked(TableName table)
    {
        var since = _blockedSince ??= frame.Time.GetTimestamp();
        var waited = frame.Time.GetElapsedTime(since);
        return waited < frame.Patience
            ? null
            : new LaneEnd(LaneVerdict.Problem, $"{table} was locked by others for {waited.TotalSeconds:0} s", "See performance.locks for who; then: upkeep run --resume");
    }
}
