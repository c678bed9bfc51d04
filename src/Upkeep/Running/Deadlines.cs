namespace Upkeep.Running;

/// <summary>The instants a run keeps to.</summary>
/// <param name="Opens">Nothing but the preparation happens before it; null with no window.</param>
/// <param name="Ends">The running step stops at its next safe point then; null with no window.</param>
public sealed record Deadlines(DateTimeOffset? Opens, DateTimeOffset? Ends)
{
    public static Deadlines None { get; } = new(null, null);
}
