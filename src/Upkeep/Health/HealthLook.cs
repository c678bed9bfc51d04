using System.Net;
using Npgsql;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Http;
using Upkeep.Postgres;
using Upkeep.Postgres.Catalog;
using Upkeep.Running;

namespace Upkeep.Health;

/// <summary>
/// The look that <c>preparation.health</c> and <c>verification.health</c> share, so that what is compared was measured alike.
/// Endpoints are looked at first and whatever becomes of the database.
/// </summary>
public sealed class HealthLook(UpkeepConfiguration configuration, DatabaseDoor database, HttpDoor http)
{
    private const int Pings = 20;

    public async Task<(PlatformHealth Health, DatabaseUnreachableException? Unreachable)> LookAsync(StepContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var endpoints = await EndpointsAsync(context, cancellationToken);
        var (health, unreachable) = await DatabaseAsync(cancellationToken);
        return (new PlatformHealth { Endpoints = endpoints, Database = health, Rooms = Rooms(health?.State) }, unreachable);
    }

    private async Task<IReadOnlyList<EndpointHealth>> EndpointsAsync(StepContext context, CancellationToken cancellationToken)
    {
        var probe = new EndpointProbe(http);
        var seen = new List<EndpointHealth>();
        foreach (var endpoint in configuration.Health.Endpoints)
        {
            context.Progress(seen.Count, configuration.Health.Endpoints.Count, "endpoints", endpoint.Name);
            seen.Add(await probe.ProbeAsync(endpoint, configuration.Health.Samples, () => context.Stop.IsRequested, cancellationToken));
        }
        return seen;
    }

    private async Task<(DatabaseHealth? Health, DatabaseUnreachableException? Unreachable)> DatabaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            var state = await DatabaseState.ReadAsync(database, cancellationToken);
            var queue = configuration.Health.QueueDepthQuery is { } query ? await ConfiguredQuery.NumberAsync(database, query, cancellationToken) : null;
            return (new DatabaseHealth
            {
                State = state,
                PingsMs = await PingAsync(cancellationToken),
                Replicas = state.SeesAllActivity ? await Replica.ReadAsync(database, cancellationToken) : null,
                QueueDepth = queue?.Value,
                QueueProblem = queue?.Problem,
            }, null);
        }
        catch (DatabaseUnreachableException problem)
        {
            return (null, problem);
        }
    }

    private async Task<IReadOnlyList<double>> PingAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(cancellationToken);
        await session.ScalarAsync<int>("select 1", cancellationToken);
        var pings = new List<double>(Pings);
        for (var ping = 0; ping < Pings; ping++)
        {
            var began = http.Time.GetTimestamp();
            await session.ScalarAsync<int>("select 1", cancellationToken);
            pings.Add(http.Time.GetElapsedTime(began).TotalMilliseconds);
        }
        return pings;
    }

    private IReadOnlyList<Room> Rooms(DatabaseState? state) =>
    [
        .. state is null ? Array.Empty<Room>() : [new Room("database", IsLocal() && state.DataFolder is { } folder && Directory.Exists(folder) ? DiskSpace.Of(folder) : null)],
        new Room("maintenance", DiskSpace.Of(configuration.Root)),
        new Room("backups", DiskSpace.Of(configuration.Backup.Folder)),
    ];

    // A data folder of the same path may exist on this machine and belong to another server: only a local server's is looked at.
    private bool IsLocal()
    {
        var host = new NpgsqlConnectionStringBuilder(database.Settings.ConnectionString).Host;
        return host is null or "localhost" or ['/', ..] || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }
}
