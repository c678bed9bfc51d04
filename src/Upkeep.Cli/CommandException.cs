namespace Upkeep.Cli;

/// <summary>A verb can't go on, for a reason that its user can do something about; ends the program with <see cref="Status"/>.</summary>
/// <param name="message">What happened, with the value.</param>
internal sealed class CommandException(ExitStatus status, string message, string? hint = null, Exception? inner = null) : Exception(message, inner)
{
    public ExitStatus Status { get; } = status;

    public string? Hint { get; } = hint;
}
