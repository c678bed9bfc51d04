using System.Globalization;
using Upkeep.Http;

namespace Upkeep.Health;

/// <summary>A look in one sentence.</summary>
public static class HealthSummary
{
    public static string Of(PlatformHealth health)
    {
        ArgumentNullException.ThrowIfNull(health);
        var good = health.Endpoints.Count(endpoint => endpoint.IsGood);
        var endpoints = health.Endpoints.Count == 0 ? "no endpoint configured" : $"{good} of {health.Endpoints.Count} endpoints good";
        return health.Database is { } database
            ? string.Create(CultureInfo.InvariantCulture, $"{endpoints}; PostgreSQL {database.State.Version} answers in {Latency.Of(database.PingsMs)!.P50:0.##} ms{Replicas(database)}")
            : $"{endpoints}; database unreachable";
    }

    private static string Replicas(DatabaseHealth database) => database.Replicas switch
    {
        null => "; replicas not checked",
        [] => "; no replicas",
        var several => $"; {Counted.Of(several.Count, "replica")}",
    };
}
