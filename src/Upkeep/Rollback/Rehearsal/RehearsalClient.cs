using Npgsql;
using Upkeep.Postgres;

namespace Upkeep.Rollback.Rehearsal;

/// <summary>A client that works in the database all the time and comes back when it is thrown out: what a swap is like for those who are in it.</summary>
internal sealed class RehearsalClient : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly TimeProvider _time;
    private Task _work = Task.CompletedTask;
    private int _answers;
    private long _longest;

    private RehearsalClient(TimeProvider time) => _time = time;

    /// <summary>The longest time between two answers.</summary>
    public TimeSpan LongestGap => TimeSpan.FromTicks(Interlocked.Read(ref _longest));

    /// <summary>Starts it, and returns when it has had its first answer.</summary>
    public static async Task<RehearsalClient> StartAsync(DatabaseDoor door, TimeProvider time, CancellationToken cancellationToken)
    {
        var client = new RehearsalClient(time);
        client._work = Task.Run(() => client.WorkAsync(door), CancellationToken.None);
        while (Volatile.Read(ref client._answers) == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(5), time, cancellationToken);
        return client;
    }

    /// <summary>Waits for the next answer: it is back.</summary>
    public async Task AnsweredAsync(CancellationToken cancellationToken)
    {
        var before = Volatile.Read(ref _answers);
        while (Volatile.Read(ref _answers) == before)
            await Task.Delay(TimeSpan.FromMilliseconds(5), _time, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_end.IsCancellationRequested)
            return;
        await _end.CancelAsync();
        await _work;
        _end.Dispose();
    }

    private async Task WorkAsync(DatabaseDoor door)
    {
        var last = _time.GetTimestamp();
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await using var session = await door.OpenOwnAsync("upkeep rehearsal client", CancellationToken.None);
                while (!_end.IsCancellationRequested)
                {
                    await session.ScalarAsync<int>("select 1", CancellationToken.None);
                    var gap = _time.GetElapsedTime(last).Ticks;
                    last = _time.GetTimestamp();
                    if (_answers++ > 0)
                        Interlocked.Exchange(ref _longest, Math.Max(Interlocked.Read(ref _longest), gap));
                    await Task.Delay(TimeSpan.FromMilliseconds(2), _time, CancellationToken.None);
                }
            }
            catch (NpgsqlException)
            {
                // Thrown out, as every client is during a swap: it comes back at once.
            }
        }
    }
}
