using Npgsql;
using Upkeep.Postgres;
using Upkeep.Testing;

namespace Upkeep.Tests.Preparation.Backup;

/// <summary>Sessions that insert, update and delete events until they are disposed.</summary>
internal sealed class Writers : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;
    private long _written;

    public long Written => Interlocked.Read(ref _written);

    public static Writers Start(TestDatabase database)
    {
        var writers = new Writers();
        writers._work = Task.WhenAll(Enumerable.Range(1, 2).Select(number => Task.Run(() => writers.WriteAsync(database, number))));
        return writers;
    }

    public async Task WroteAsync(long count, CancellationToken cancellationToken)
    {
        while (Written < count && !_work.IsFaulted)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
    }

    private async Task WriteAsync(TestDatabase database, int number)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(CancellationToken.None);
        for (var id = 1_000_000L * number; !_stop.IsCancellationRequested; id++)
        {
            await connection.ExecuteAsync(
                $"""
                insert into events values ({id}, 'written', now());
                update events set title = 'changed' where id = {id % 1000 + 1};
                delete from events where id = {id - 3} and id % 4 = 0;
                """, CancellationToken.None);
            Interlocked.Increment(ref _written);
        }
    }
}
