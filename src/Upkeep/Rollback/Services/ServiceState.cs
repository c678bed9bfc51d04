namespace Upkeep.Rollback.Services;

/// <summary>Whether a service runs.</summary>
public enum ServiceCondition
{
    Running,
    Stopped,

    /// <summary>It couldn't be told, or the service is on its way from one to the other.</summary>
    Unknown,
}

/// <summary>What a look at a service showed.</summary>
/// <param name="Words">For people, for example <c>pm2 says: online (process 4711)</c>.</param>
public sealed record ServiceState(ServiceCondition Condition, string Words)
{
    public bool IsRunning => Condition == ServiceCondition.Running;

    public bool IsStopped => Condition == ServiceCondition.Stopped;

    /// <summary>Of an unknown one: what a tired person can do about it; null where another look is worth while, because it is starting or stopping.</summary>
    public string? Hint { get; init; }

    internal bool IsSettling => Condition == ServiceCondition.Unknown && Hint is null;

    internal static ServiceState Running(string words) => new(ServiceCondition.Running, words);

    internal static ServiceState Stopped(string words) => new(ServiceCondition.Stopped, words);

    internal static ServiceState Settling(string words) => new(ServiceCondition.Unknown, words);

    internal static ServiceState Unknown(string words, string hint) => new(ServiceCondition.Unknown, words) { Hint = hint };
}
