namespace Upkeep.Postgres.Clusters;

/// <summary>A throw-away cluster can't be had, or can't be taken away.</summary>
/// <param name="message">What happened, with the value.</param>
/// <param name="hint">What to do about it.</param>
public sealed class ClusterException(string message, string hint, Exception? inner = null) : Exception(message, inner), IHinted
{
    public string Hint { get; } = hint;
}
