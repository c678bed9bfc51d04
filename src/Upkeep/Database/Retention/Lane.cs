using Npgsql;
using Upkeep.Postgres;
using Upkeep.Postgres.Load;
using Upkeep.Running;

namespace Upkeep.Database.Retention;

/// <summary>What the lanes of one table share.</summary>
internal sealed record PurgeFrame(LeafSurvey Leaf, DatabaseDoor Database, Throttle Throttle, WaiterWatch Watch, TimeProvider Time)
{
    /// <summary>How long to try while others hold the table.</summary>
    public required TimeSpan Patience { get; init; }
}

/// <summary>How work on a table ended.</summary>
internal enum LaneVerdict
{
    Through,

    /// <summary>Asked to, or the database was too busy: work is left.</summary>
    Stopped,

    /// <summary>Not this table.</summary>
    Problem,

    /// <summary>No table.</summary>
    Fatal,
}

internal sealed record LaneEnd(LaneVerdict Verdict, string? Reason = null, string? Hint = null)
{
    public static LaneEnd Through { get; } = new(LaneVerdict.Through);
}

/// <summary>
/// Removes rows in one transaction after the other, on a session of its own: bites and rests, then archive to disk, segment to journal,
/// commit. A transaction ends early when someone waits for it; one that fails is taken back whole and tried again in smaller bites.
/// </summary>
internal sealed class Lane(PurgeFrame frame, Ledger ledger, ArchiveWriter? archive, StepContext context, int number) : IAsyncDisposable
{
    private const long FirstBite = 500;

    private readonly LaneRetries _retries = new(frame);
    private readonly BiteSizer _sizer = new(FirstBite);
    private readonly LinkedList<Bite> _pending = [];
    private readonly List<Bite> _taken = [];
    private NpgsqlConnection? _session;
    private int _processId;
    private Segment? _inDoubt;

    public int Yields { get; private set; }

    public bool SkippedLocked { get; private set; }

    /// <param name="halt">Cancelled when another lane found a reason to end.</param>
    public async Task<LaneEnd> RunAsync(BiteSource source, Action<long> removed, CancellationTokenSource halt, CancellationToken cancellationToken)
    {
        var end = LaneEnd.Through;
        do
        {
            if (context.Stop.IsRequested || halt.IsCancellationRequested)
                end = new LaneEnd(LaneVerdict.Stopped, context.Stop.Reason ?? "another worker ended");
            else if (await frame.Throttle.PassAsync(context.Stop, cancellationToken) is { } busy)
                end = new LaneEnd(LaneVerdict.Stopped, busy, "Raise throttle.patience, or run when less is going on.");
            else
                end = await TryAsync(source, removed, cancellationToken);
        }
        while (end is null);
        if (end.Verdict != LaneVerdict.Through)
            await halt.CancelAsync();
        return end;
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task<LaneEnd?> TryAsync(BiteSource source, Action<long> removed, CancellationToken cancellationToken)
    {
        try
        {
            return await BatchAsync(source, removed, cancellationToken);
        }
        catch (IOException problem) when (archive is not null)
        {
            await TakeBackAsync();
            return new LaneEnd(LaneVerdict.Fatal, $"{frame.Leaf.Table}: the archive can't be written: {problem.Message}",
                "Nothing was deleted that isn't archived. Free disk space where the archive is, then: upkeep run --resume");
        }
        catch (NpgsqlException problem)
        {
            await TakeBackAsync();
            // The watch cuts a bite that somebody waits for too long.
            if (problem.SqlState == PostgresErrorCodes.QueryCanceled)
                Yields++;
            if (_retries.Judge(problem) is { } end)
                return end;
            _sizer.Halve();
            await Task.Delay(_retries.Backoff, frame.Time, cancellationToken);
            return null;
        }
    }

    private async Task<LaneEnd?> BatchAsync(BiteSource source, Action<long> removed, CancellationToken cancellationToken)
    {
        await SettleDoubtAsync(cancellationToken);
        var session = await SessionAsync(cancellationToken);
        if (await BatchSession.BeginAsync(session, frame.Leaf, cancellationToken) is not { } xid)
        {
            await session.ExecuteAsync("rollback", cancellationToken);
            return new LaneEnd(LaneVerdict.Problem, $"{frame.Leaf.Table} was altered, or replaced by another, while rows were being removed", "Run again: the next look sees the table as it is now.");
        }
        _retries.GotThrough();
        archive?.Begin();
        var (rows, through) = await BitesAsync(session, source, cancellationToken);
        if (rows == 0)
        {
            await session.ExecuteAsync("rollback", cancellationToken);
            archive?.Abandon(ledger.Length(archive.Name));
        }
        else
        {
            var segment = archive?.End(ledger.NextNumber(), number, xid) ?? new Segment { Number = ledger.NextNumber(), Lane = number, Rows = rows, Xid = xid };
            ledger.Written(segment);
            _inDoubt = segment;
            await session.ExecuteAsync("commit", cancellationToken);
            ledger.Committed(segment);
            _inDoubt = null;
            removed(rows);
        }
        _taken.Clear();
        _retries.Done();
        return through ? LaneEnd.Through : null;
    }

    private async Task<(long Rows, bool Through)> BitesAsync(NpgsqlConnection session, BiteSource source, CancellationToken cancellationToken)
    {
        var rows = 0L;
        var started = frame.Time.GetTimestamp();
        while (await NextAsync(session, source, cancellationToken) is { } bite)
        {
            _taken.Add(bite);
            var began = frame.Time.GetTimestamp();
            var eaten = await BatchSession.RemoveAsync(session, frame.Leaf, bite, archive, cancellationToken);
            _sizer.Observe(frame.Time.GetElapsedTime(began), frame.Throttle.Pace.Bite);
            rows += eaten;
            SkippedLocked |= bite.SkipLocked;
            if (eaten >= bite.Limit)
                _pending.AddFirst(bite);
            if (frame.Watch.SomeoneWaits)
            {
                Yields++;
                return (rows, false);
            }
            if (frame.Time.GetElapsedTime(started) >= frame.Throttle.Pace.Batch || context.Stop.IsRequested)
                return (rows, false);
            await frame.Throttle.RestAsync(context.Stop, cancellationToken);
        }
        return (rows, true);
    }

    private async Task<Bite?> NextAsync(NpgsqlConnection session, BiteSource source, CancellationToken cancellationToken)
    {
        if (_pending.First is not { } first)
            return await source.NextAsync(session, _sizer.Rows, cancellationToken);
        _pending.RemoveFirst();
        return first.Value;
    }

    // Everything since the last commit: the rows stay where they are, their copy is cut off, their bites are eaten again.
    // (Where a commit was under way, its bites are eaten again too: they are empty if it succeeded.)
    private async Task TakeBackAsync()
    {
        await CloseAsync();
        archive?.Abandon(ledger.Length(archive.Name));
        foreach (var bite in _taken.Distinct().Reverse())
        {
            _pending.Remove(bite);
            _pending.AddFirst(bite with { SkipLocked = _retries.SkipLocked });
        }
        _taken.Clear();
    }

    // The connection broke while a commit was under way: only the server knows.
    private async Task SettleDoubtAsync(CancellationToken cancellationToken)
    {
        if (_inDoubt is not { } segment)
            return;
        if (await frame.Database.FateAsync(segment.Xid, frame.Time, cancellationToken) == TransactionFate.Committed)
        {
            ledger.Committed(segment);
        }
        else
        {
            ledger.Dropped(segment);
            archive?.Abandon(ledger.Length(archive.Name));
        }
        _inDoubt = null;
    }

    private async Task<NpgsqlConnection> SessionAsync(CancellationToken cancellationToken)
    {
        if (_session is null)
        {
            _session = await frame.Database.OpenAsync(cancellationToken);
            _processId = _session.ProcessID;
            frame.Watch.Add(_processId);
        }
        return _session;
    }

    private async Task CloseAsync()
    {
        if (_session is not { } session)
            return;
        _session = null;
        frame.Watch.Remove(_processId);
        await frame.Database.CloseCountedAsync(session, frame.Time);
    }
}
