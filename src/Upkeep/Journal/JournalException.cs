namespace Upkeep.Journal;

/// <summary>The journal can't be opened, read or written; the message says why and <see cref="Hint"/> what to do.</summary>
public sealed class JournalException(string message, string hint, Exception? inner = null) : Exception(message, inner), IHinted
{
    public string Hint { get; } = hint;
}
