namespace Upkeep;

/// <summary>An exception that was foreseen: its message is written for the operator, and it knows what to do about it.</summary>
public interface IHinted
{
    /// <summary>What a tired person can do about it.</summary>
    string Hint { get; }
}
