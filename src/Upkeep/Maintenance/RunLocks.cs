using System.Globalization;
using Npgsql;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Maintenance;

/// <summary>
/// Both locks of a run: the file beside the journal and the advisory lock in the database, taken in this order and watched while they are
/// held. A lost advisory lock (the server was restarted) is taken again; where someone else has it by then, the run is asked to stop.
/// </summary>
internal sealed class RunLocks : IAsyncDisposable
{
    // Often enough to be back before a restarted server has let many others in; a look costs one short query.
    private static readonly TimeSpan _lookEvery = TimeSpan.FromSeconds(2);

    private readonly RunLock _file;
    private readonly AdvisoryLock _advisory;
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _looking = new(1);
    private Task _watch = Task.CompletedTask;

    private RunLocks(RunLock file, AdvisoryLock advisory)
    {
        _file = file;
        _advisory = advisory;
    }

    /// <summary>Set where a dead process had left the file lock.</summary>
    public LockTakenOver? TakenOver => _file.TakenOver;

    /// <summary>Takes both, or says who has one.</summary>
    /// <param name="what">What they are taken for, for others to read, for example <c>upkeep run</c>.</param>
    /// <exception cref="DatabaseUnreachableException">There is no session to be had.</exception>
    public static async Task<(RunLocks? Locks, RunOutcome.Locked? Held)> TakeAsync(Platform platform, string what, CancellationToken cancellationToken)
    {
        var now = platform.Doors.Time.GetUtcNow();
        var (file, holder) = RunLock.TryTake(platform.Configuration.Root, new RunLockHolder(ProcessMark.Own, what, now));
        if (file is null)
            return (null, Held($"{holder?.ToString() ?? "a process that has just started"}, on {platform.Configuration.Root}"));
        AdvisoryLock? advisory = null;
        try
        {
            var label = string.Create(CultureInfo.InvariantCulture, $"{what} since {now.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z on {Environment.MachineName}");
            (advisory, var other) = await AdvisoryLock.TryTakeAsync(platform.Doors.Database, label, cancellationToken);
            return advisory is null ? (null, Held($"{other!.Label}, server process {other.ServerProcessId}, in the same database")) : (new RunLocks(file, advisory), null);
        }
        finally
        {
            if (advisory is null)
                file.Dispose();
        }
    }

    /// <summary>Keeps an eye on the advisory lock until disposed.</summary>
    public void Watch(TimeProvider time, StopSignal stop, Action<RunEvent> tell) => _watch = WatchAsync(time, stop, tell);

    /// <summary>
    /// Does something during which nobody may be in the database, not even the session that holds its lock: the lock is let go and taken
    /// again, by the name that the database has by then. The file's lock stays.
    /// </summary>
    public async Task AsideAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        await _looking.WaitAsync(cancellationToken);
        try
        {
            await _advisory.ReleaseAsync();
            await work();
        }
        finally
        {
            try
            {
                // Where another run has it by now, the next look asks for a stop.
                await _advisory.RetakeAsync(CancellationToken.None);
            }
            catch (NpgsqlException)
            {
                // The server is away: the next look tries again.
            }
            finally
            {
                _looking.Release();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        try
        {
            await _watch;
        }
        catch (OperationCanceledException)
        {
            // It was in the middle of a look, which nobody needs any more.
        }
        finally
        {
            await _advisory.DisposeAsync();
            _file.Dispose();
            _end.Dispose();
            _looking.Dispose();
        }
    }

    private static RunOutcome.Locked Held(string holder) =>
        new(holder, "Wait for it (upkeep status --watch), or stop it with Ctrl-C or SIGTERM: it stops at its next safe point.");

    private async Task<bool> IsHeldAsync()
    {
        await _looking.WaitAsync(_end.Token);
        try
        {
            return await _advisory.IsHeldAsync(_end.Token);
        }
        finally
        {
            _looking.Release();
        }
    }

    private async Task WatchAsync(TimeProvider time, StopSignal stop, Action<RunEvent> tell)
    {
        var lost = false;
        while (!_end.IsCancellationRequested)
        {
            await Task.Delay(_lookEvery, time, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_end.IsCancellationRequested || await IsHeldAsync())
                continue;
            if (!lost)
                tell(new RunEvent.Noticed("The session that holds the lock in the database was lost; taking the lock again."));
            lost = true;
            try
            {
                if (await _advisory.RetakeAsync(_end.Token) is { } other)
                {
                    stop.Request($"another run took the lock in the database after our session was lost: {other.Label}");
                    return;
                }
                tell(new RunEvent.Noticed("The lock in the database is ours again."));
                lost = false;
            }
            catch (NpgsqlException)
            {
                // The server is still away: the steps that need it say so, and the next look tries again.
            }
        }
    }
}
