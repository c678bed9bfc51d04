namespace Upkeep.Application.Commands;

/// <summary>What a tool answered that was asked for data.</summary>
/// <param name="Output">Standard output, masked; of more than could be held, the beginning.</param>
/// <param name="IsWhole">Whether it is all that the tool said.</param>
/// <param name="Error">The last of standard error, masked.</param>
internal sealed record ToolAnswer(CommandEnding Ending, int ExitCode, string Output, bool IsWhole, string Error);
