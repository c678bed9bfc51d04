using System.Globalization;
using Npgsql;

namespace SceneScout.Site;

/// <summary>The ingestion: takes an entry off the queue now and then, and notes how it went.</summary>
internal sealed class QueueWorker(NpgsqlDataSource database, LogFiles logs, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_pause, time);
        try
        {
            do
            {
                await TakeAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            logs.Info("ingestion", "stopped");
        }
    }

    private async Task TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var started = time.GetTimestamp();
            await using var command = database.CreateCommand(
                """
                with taken as (
                  update ingestion_queue set status = 'done', attempts = attempts + 1, processed_at = $1
                  where id = (select id from ingestion_queue where status = 'queued' order by created_at limit 1 for update skip locked)
                  returning source, external_id)
                insert into ingestion_logs (source, status, events_found, ingestion_duration_ms, response_time_ms, created_at)
                select source, 'success', 1, $2, $2, $1 from taken returning source
                """);
            command.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime });
            command.Parameters.Add(new() { Value = (int)time.GetElapsedTime(started).TotalMilliseconds });
            if (await command.ExecuteScalarAsync(cancellationToken) is string source)
                logs.Ingestion("INFO", string.Create(CultureInfo.InvariantCulture, $"one entry from {source} in {time.GetElapsedTime(started).TotalMilliseconds:F0} ms"));
        }
        catch (NpgsqlException problem)
        {
            logs.Ingestion("ERROR", $"the queue can't be read: {problem.Message}");
            logs.Error("ingestion", $"the queue can't be read: {problem.Message}");
        }
    }
}
