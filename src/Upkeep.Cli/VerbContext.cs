using Upkeep.Cli.Output;

namespace Upkeep.Cli;

/// <summary>What a running verb has at hand.</summary>
/// <param name="ConfigPath">What <c>--config</c> names, or null.</param>
internal sealed record VerbContext(CommandOutput Output, string? ConfigPath, Interrupts Interrupts, TimeProvider Time);
