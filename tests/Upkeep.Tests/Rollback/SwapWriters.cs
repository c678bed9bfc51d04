using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using Upkeep.Postgres;
using Upkeep.Testing;

namespace Upkeep.Tests.Rollback;

/// <summary>Sessions that write without a pause and come back at once when they are thrown out, as an application does.</summary>
internal sealed class SwapWriters : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<string> _acknowledged = [];
    private Task _work = Task.CompletedTask;

    /// <summary>The notes of all orders whose commit was acknowledged.</summary>
    public IReadOnlyCollection<string> Acknowledged => _acknowledged;

    public int Count => _acknowledged.Count;

    public static SwapWriters Start(TestDatabase database, int writers)
    {
        var all = new SwapWriters();
        all._work = Task.WhenAll(Enumerable.Range(1, writers).Select(number => Task.Run(() => all.WriteAsync(database, number))));
        return all;
    }

    public async Task WroteAsync(int count, CancellationToken cancellationToken)
    {
        while (Count < count && !_work.IsFaulted)
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
        var address = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ToString();
        for (var round = 0; !_stop.IsCancellationRequested;)
        {
            try
            {
                await using var connection = new NpgsqlConnection(address);
                await connection.OpenAsync(CancellationToken.None);
                for (; !_stop.IsCancellationRequested; round++)
                {
                    var note = string.Create(CultureInfo.InvariantCulture, $"w-{number}-{round}");
                    await connection.ExecuteAsync($"insert into orders (customer, note) values (1, '{note}')", CancellationToken.None);
                    _acknowledged.Add(note);
                }
            }
            catch (NpgsqlException)
            {
                // Thrown out: what was under way is not acknowledged, so it is another one next time.
                round++;
            }
        }
    }
}
