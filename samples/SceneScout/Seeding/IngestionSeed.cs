using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace SceneScout.Seeding;

/// <summary>How the four sources were read: ingestion_logs, and ingestion_queue with what is waiting and what went wrong.</summary>
internal sealed class IngestionSeed(SeedPlan plan)
{
    public const double FailedRuns = 0.06;
    public const double FailedEntries = 0.09;

    private static readonly string[] _errors =
        ["HTTP 429: rate limit reached", "HTTP 503: service unavailable", "timeout after 30 s", "unexpected field in answer: dates.start", "connection reset"];

    public async Task LoadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await LogsAsync(connection, cancellationToken);
        await QueueAsync(connection, cancellationToken);
    }

    private Task LogsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var chance = plan.Chance(8);
        var time = Timeline.OfMachines(plan.Now);
        return connection.CopyAsync(
            "ingestion_logs (source, status, events_found, ingestion_duration_ms, response_time_ms, error_message, created_at)", plan.IngestionLogs,
            (row, number) =>
            {
                var failed = chance.Happens(FailedRuns);
                row.Text(chance.Of(TextPools.Sources));
                row.Text(failed ? "error" : "success");
                row.Write(failed ? 0 : chance.Next(0, 60), NpgsqlDbType.Integer);
                row.Write(chance.Latency(failed ? 9_000 : 1_400), NpgsqlDbType.Integer);
                row.Write(chance.Latency(failed ? 5_000 : 320), NpgsqlDbType.Integer);
                row.Text(failed ? chance.Of(_errors) : null);
                row.Instant(time.InOrder(number, plan.IngestionLogs, chance));
            }, cancellationToken);
    }

    private Task QueueAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var chance = plan.Chance(9);
        var time = Timeline.OfMachines(plan.Now);
        return connection.CopyAsync("ingestion_queue (source, external_id, payload, status, attempts, last_error, created_at, processed_at)", plan.QueueEntries,
            (row, number) =>
            {
                var created = time.InOrder(number, plan.QueueEntries, chance);
                // Only the newest are still waiting.
                var waiting = number >= plan.QueueEntries * 0.97;
                var failed = !waiting && chance.Happens(FailedEntries);
                row.Text(chance.Of(TextPools.Sources));
                row.Text(string.Create(CultureInfo.InvariantCulture, $"queue-{number}"));
                row.Write(string.Create(CultureInfo.InvariantCulture, $$"""{"page": {{chance.Next(1, 40)}}, "size": 200}"""), NpgsqlDbType.Jsonb);
                row.Text(waiting ? "queued" : failed ? "failed" : "done");
                row.Write((short)(waiting ? 0 : failed ? 5 : 1), NpgsqlDbType.Smallint);
                row.Text(failed ? chance.Of(_errors) : null);
                row.Instant(created);
                row.Instant(waiting ? null : created.AddMilliseconds(chance.Latency(4_000)));
            }, cancellationToken);
    }
}
