using Upkeep.Http;

namespace Upkeep.Health;

/// <summary>A look as figures, the same in both health steps.</summary>
public static class HealthMeasures
{
    /// <param name="say">Takes name, value, unit and subject: the context's <c>Before</c> or <c>After</c>.</param>
    public static void Of(PlatformHealth health, Action<string, double, string, string?> say)
    {
        ArgumentNullException.ThrowIfNull(health);
        ArgumentNullException.ThrowIfNull(say);
        foreach (var endpoint in health.Endpoints)
            OfEndpoint(endpoint, say);
        foreach (var room in health.Rooms)
        {
            if (room.Disk is { } disk)
                say("disk_free", disk.FreeBytes, "bytes", room.For);
        }
        if (health.Database is not { } database)
            return;
        if (Latency.Of(database.PingsMs) is { } ping)
            say("database_ping_p50", ping.P50, "ms", null);
        if (database.State.Bytes is { } bytes)
            say("database_size", bytes, "bytes", null);
        if (database.QueueDepth is { } depth)
            say("queue_depth", depth, "count", null);
        if (database.State.ReplayDelaySeconds is { } delay)
            say("replay_delay", delay, "seconds", null);
        foreach (var replica in database.Replicas ?? [])
        {
            if (replica.LagSeconds is { } lag)
                say("replication_lag", lag, "seconds", replica.Name);
        }
    }

    private static void OfEndpoint(EndpointHealth endpoint, Action<string, double, string, string?> say)
    {
        say("endpoint_failures", endpoint.Failures, "count", endpoint.Name);
        if (endpoint.Latency is not { } latency)
            return;
        say("latency_p50", latency.P50, "ms", endpoint.Name);
        say("latency_p95", latency.P95, "ms", endpoint.Name);
        say("latency_p99", latency.P99, "ms", endpoint.Name);
    }
}
