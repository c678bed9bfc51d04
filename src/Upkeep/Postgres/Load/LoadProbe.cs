using Npgsql;
using Upkeep.Running;

namespace Upkeep.Postgres.Load;

/// <summary>
/// Looks at how busy the server is, on a session of its own. A role that can't see other sessions (no <c>pg_read_all_stats</c>) gets
/// the latency only; <see cref="Blind"/> says so.
/// </summary>
public sealed class LoadProbe(DatabaseDoor database, TimeProvider time) : IAsyncDisposable
{
    private readonly string _sql = Sql.File("Postgres/Load/load.sql");
    private NpgsqlConnection? _session;

    /// <summary>What can't be seen, in words, or null; known after the first look.</summary>
    public string? Blind { get; private set; }

    public async Task<LoadSample> SampleAsync(CancellationToken cancellationToken)
    {
        if (_session is { FullState: not System.Data.ConnectionState.Open } broken)
        {
            await broken.DisposeAsync();
            _session = null;
        }
        _session ??= await database.OpenAsync(cancellationToken);
        var started = time.GetTimestamp();
        await _session.ScalarAsync<int>("select 1", cancellationToken);
        var latency = time.GetElapsedTime(started);
        var seen = (await _session.QueryAsync(_sql, Row, cancellationToken, DatabaseDoor.ApplicationName))[0];
        Blind = seen.SeesAll ? null : "lock waiters, active sessions and replication lag can't be seen by this role (grant it pg_monitor)";
        return new LoadSample
        {
            Latency = latency,
            LockWaiters = seen.SeesAll ? seen.Waiters : null,
            ActiveShare = seen.SeesAll ? seen.ActiveShare : null,
            ReplicationLag = seen is { SeesAll: true, LagSeconds: { } lag } ? TimeSpan.FromSeconds(lag) : null,
            Neighbours = seen.SeesAll ? seen.Neighbours : null,
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is not null)
            await _session.DisposeAsync();
    }

    private static (int Waiters, double ActiveShare, double? LagSeconds, int Neighbours, bool SeesAll) Row(NpgsqlDataReader row) =>
        (row.GetInt32(0), row.GetDouble(1), row.IsDBNull(2) ? null : row.GetDouble(2), row.GetInt32(3), row.GetBoolean(4));
}
