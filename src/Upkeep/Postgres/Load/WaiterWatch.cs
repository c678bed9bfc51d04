using System.Collections.Concurrent;
using Npgsql;

namespace Upkeep.Postgres.Load;

/// <summary>
/// Watches, on a session of its own, whether anybody waits for a lock that sessions of ours hold. Whoever works asks
/// <see cref="SomeoneWaits"/> between bites and ends its transaction; a bite that doesn't end within half the lock budget is cancelled.
/// </summary>
public sealed class WaiterWatch : IAsyncDisposable
{
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(40);
    private readonly DatabaseDoor _database;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<int, byte> _ours = new();
    private readonly Task _watching;
    private int _waiters;

    public WaiterWatch(DatabaseDoor database, TimeProvider time)
    {
        _database = database;
        _time = time;
        _watching = WatchAsync(_end.Token);
    }

    /// <summary>Whether, at the last look, a session waited for one of ours, or nobody could look.</summary>
    public bool SomeoneWaits => Volatile.Read(ref _waiters) > 0;

    /// <summary>A session of ours that holds locks from now on.</summary>
    public void Add(int processId) => _ours.TryAdd(processId, 0);

    public void Remove(int processId) => _ours.TryRemove(processId, out _);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        try
        {
            await _watching;
        }
        catch (OperationCanceledException)
        {
            // Its only proper end. Anything else is a watch that did not watch, and must be heard of.
        }
        _end.Dispose();
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await using var session = await _database.OpenAsync(cancellationToken);
                await LookAsync(session, cancellationToken);
            }
            catch (NpgsqlException)
            {
                // The database went away, or has no session left for us. Who can't be seen may be waiting: until we look again, bites end early.
                Volatile.Write(ref _waiters, 1);
                await Task.Delay(_poll * 10, _time, cancellationToken);
            }
        }
    }

    private async Task LookAsync(NpgsqlConnection session, CancellationToken cancellationToken)
    {
        long? since = null;
        while (true)
        {
            int[] ours = [.. _ours.Keys];
            var waiters = ours.Length == 0 ? 0 : await session.ScalarAsync<long>(
                "select count(*) from pg_locks where not granted and pid <> all($1) and pg_blocking_pids(pid) && $1", cancellationToken, ours);
            Volatile.Write(ref _waiters, (int)waiters);
            since = waiters == 0 ? null : since ?? _time.GetTimestamp();
            if (since is { } start && _time.GetElapsedTime(start) > _database.Settings.LockTimeout / 2)
            {
                await session.ExecuteAsync("select pg_cancel_backend(pid) from unnest($1) pid", cancellationToken, ours);
                since = null;
            }
            await Task.Delay(_poll, _time, cancellationToken);
        }
    }
}
