using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Http;
using Upkeep.Journal;

namespace Upkeep.Health;

/// <summary>Judges a look: pure, from what was seen and what the configuration calls healthy.</summary>
public static class HealthFindings
{
    // A disk this much fuller than the warning is a matter of hours, not of next week.
    private const double CriticalPart = 0.25;

    public static IReadOnlyList<Finding> Of(PlatformHealth health, UpkeepConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(health);
        ArgumentNullException.ThrowIfNull(configuration);
        return
        [
            .. Endpoints(health),
            .. health.Database is { } database ? [.. Replication(database, configuration.Readiness), .. Queue(database, configuration.Health)] : Array.Empty<Finding>(),
            .. health.Rooms.SelectMany(room => Disk(room, configuration.Health)),
        ];
    }

    /// <summary>The finding of an endpoint that failed.</summary>
    public static Finding Failing(EndpointHealth endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var problem = endpoint.Problem!;
        var some = endpoint.Failures < endpoint.Requests;
        return new Finding(some ? Severity.Warning : Severity.Critical, Code(problem.Kind),
            $"{endpoint.Name} ({endpoint.Url}): {endpoint.Failures} of {endpoint.Requests} requests failed; {(some ? "the first" : "each")}: {problem.Message}",
            endpoint.Name, problem.Hint);
    }

    private static IEnumerable<Finding> Endpoints(PlatformHealth health) => health.Endpoints.Count == 0
        ? [new Finding(Severity.Info, "endpoints-not-checked", "Not checked: no endpoint is configured.", null, "Name the site's addresses under health.endpoints.")]
        : health.Endpoints.Where(endpoint => !endpoint.IsGood).Select(Failing);

    private static IEnumerable<Finding> Replication(DatabaseHealth database, ReadinessSettings limits)
    {
        if (database.Replicas is null)
            yield return new Finding(Severity.Info, "replication-not-checked", "Not checked: our role may not see the replicas.", null, "grant pg_monitor to the role that upkeep logs in as.");
        foreach (var replica in database.Replicas ?? [])
        {
            if (replica.State != "streaming")
                yield return new Finding(Severity.Warning, "replica-not-streaming", $"Replica {replica.Name} is in state {replica.State}.", replica.Name, "It is catching up or starting; look again before the window.");
            if (replica.LagSeconds > limits.MaxReplicationLag.TotalSeconds)
                yield return new Finding(Severity.Warning, "replication-lag", string.Create(CultureInfo.InvariantCulture,
                    $"Replica {replica.Name} is {replica.LagSeconds:0.#} s behind ({replica.LagBytes} bytes); the limit is {limits.MaxReplicationLag.TotalSeconds:0.#} s."), replica.Name, "Look at its disk, its network and long queries on it.");
        }
        if (database.State.ReplayDelaySeconds > limits.MaxReplicationLag.TotalSeconds)
            yield return new Finding(Severity.Warning, "replication-lag", string.Create(CultureInfo.InvariantCulture,
                $"This server is a standby, {database.State.ReplayDelaySeconds:0.#} s behind its primary."), database.State.Database, "Maintenance that changes anything needs the primary: check database.url.");
    }

    private static IEnumerable<Finding> Queue(DatabaseHealth database, HealthSettings limits)
    {
        if (database.QueueProblem is { } problem)
            yield return new Finding(Severity.Warning, "queue-not-checked", $"Not checked: the queue's length, because its query failed: {problem}.", null, "Mend health.queueDepthQuery.");
        if (database.QueueDepth > limits.MaxQueueDepth)
            yield return new Finding(Severity.Warning, "queue-long", string.Create(CultureInfo.InvariantCulture,
                $"{database.QueueDepth:0} entries are queued; the limit is {limits.MaxQueueDepth}."), null, "Are the workers running?");
    }

    private static IEnumerable<Finding> Disk(Room room, HealthSettings limits)
    {
        if (room.Disk is not { } disk)
        {
            yield return new Finding(Severity.Info, "disk-not-checked", $"Not checked: the disk of the {room.For}, which can't be seen from here.", room.For,
                room.For == "database" ? "It is on another machine, or our role may not know its folder (pg_read_all_settings)." : null);
        }
        else if (disk.FreeShare < limits.MinFreeDiskShare)
        {
            yield return new Finding(disk.FreeShare < limits.MinFreeDiskShare * CriticalPart ? Severity.Critical : Severity.Warning, "disk-low", string.Create(CultureInfo.InvariantCulture,
                $"{disk.FreeShare:P1} of the disk of the {room.For} is free ({disk.FreeBytes} of {disk.TotalBytes} bytes at {disk.Path}); the limit is {limits.MinFreeDiskShare:P0}."), room.For, "Make room before anything else is done.");
        }
    }

    /// <summary>For example <c>endpoint-wrong-status</c>.</summary>
    private static string Code(EndpointFailure kind) => kind switch
    {
        EndpointFailure.Dns => "endpoint-dns",
        EndpointFailure.Refused => "endpoint-refused",
        EndpointFailure.Tls => "endpoint-tls",
        EndpointFailure.Timeout => "endpoint-timeout",
        EndpointFailure.WrongStatus => "endpoint-wrong-status",
        EndpointFailure.ContentMissing => "endpoint-content-missing",
        _ => "endpoint-broken",
    };
}
