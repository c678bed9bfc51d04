using Npgsql;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Database.Vacuum;

/// <summary>Tells how far the running vacuums are, from pg_stat_progress_vacuum, on a session of its own, until it is disposed.</summary>
internal sealed class VacuumWatch : IAsyncDisposable
{
    private static readonly TimeSpan _every = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _end = new();
    private readonly DatabaseDoor _database;
    private readonly IReadOnlyDictionary<long, DueTable> _tables;
    private readonly StepContext _context;
    private readonly TimeProvider _time;
    private readonly Task _watching;
    private long _done;

    public VacuumWatch(DatabaseDoor database, IReadOnlyList<DueTable> tables, StepContext context, TimeProvider time)
    {
        _database = database;
        _tables = tables.ToDictionary(table => table.Oid);
        _context = context;
        _time = time;
        _watching = WatchAsync(_end.Token);
    }

    private double Total => _tables.Values.Sum(table => (double)table.Bytes);

    public void Finished(DueTable table) => _context.Progress(Interlocked.Add(ref _done, table.Bytes), Total, "bytes", table.Table().ToString());

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }

    private async Task WatchAsync(CancellationToken end)
    {
        try
        {
            await using var connection = await _database.OpenAsync(end);
            while (true)
            {
                await Task.Delay(_every, _time, end);
                var running = await connection.QueryAsync(Sql.File("Database/Vacuum/progress.sql"), row => (Oid: row.GetInt64(0), Share: row.GetDouble(1), Phase: row.GetString(2)),
                    end, DatabaseDoor.ApplicationName);
                var now = running.Where(one => _tables.ContainsKey(one.Oid)).ToList();
                if (now.Count > 0)
                    _context.Progress(Interlocked.Read(ref _done) + now.Sum(one => one.Share * _tables[one.Oid].Bytes), Total, "bytes", $"{_tables[now[0].Oid].Table()}: {now[0].Phase}");
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The work is over: that is how watching ends.
        }
        catch (NpgsqlException)
        {
            // The server went away; the work on the tables meets the same and says so. Progress is only for those who look on.
        }
    }
}
