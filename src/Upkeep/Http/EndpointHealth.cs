using System.Text.Json.Serialization;

namespace Upkeep.Http;

/// <summary>What is wrong with an endpoint. Each needs a different person to mend it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EndpointFailure>))]
public enum EndpointFailure
{
    /// <summary>The host's name is not known.</summary>
    Dns,

    /// <summary>Nobody listens there, or there is no way to it.</summary>
    Refused,

    /// <summary>The certificate or the protocol was not accepted.</summary>
    Tls,

    /// <summary>No whole answer in time.</summary>
    Timeout,

    /// <summary>It answered with another status than expected.</summary>
    WrongStatus,

    /// <summary>It answered as expected, and the expected text is not in the answer.</summary>
    ContentMissing,

    /// <summary>The connection broke, or what came back is not HTTP.</summary>
    Broken,
}

/// <summary>One request that did not give what it should.</summary>
/// <param name="Message">What happened, with the value.</param>
/// <param name="Hint">What to do about it.</param>
public sealed record EndpointProblem(EndpointFailure Kind, string Message, string Hint);

/// <summary>What a probe saw of one endpoint. Failed requests are counted and never have a latency.</summary>
public sealed record EndpointHealth
{
    public required string Name { get; init; }
    /// <summary>Without user, password and the values of the query.</summary>
    public required string Url { get; init; }
    /// <summary>Requests made, the first one included.</summary>
    public required int Requests { get; init; }
    /// <summary>Requests that failed.</summary>
    public required int Failures { get; init; }
    /// <summary>The first failure, or null where every request was good.</summary>
    public required EndpointProblem? Problem { get; init; }
    /// <summary>The first request, with name look-up, connection and TLS, in ms; null where it failed.</summary>
    public required double? FirstMs { get; init; }
    /// <summary>The good requests after the first, on a connection kept open, in ms, in the order they were made.</summary>
    public required IReadOnlyList<double> SamplesMs { get; init; }

    [JsonIgnore]
    public Latency? Latency => Http.Latency.Of(SamplesMs);

    /// <summary>Whether every request was good.</summary>
    [JsonIgnore]
    public bool IsGood => Problem is null;
}
