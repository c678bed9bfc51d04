using Upkeep.Cli;

namespace Upkeep.Tests.Cli;

/// <summary>How a call of the program ended.</summary>
/// <param name="Answer">What stood on stdout.</param>
/// <param name="Log">What stood on stderr.</param>
internal sealed record UpkeepCall(ExitStatus Status, string Answer, string Log)
{
    public static async Task<UpkeepCall> RunAsync(params string[] arguments)
    {
        using var answer = new StringWriter();
        using var log = new StringWriter();
        var status = await new UpkeepProgram(answer, log, TimeProvider.System).RunAsync(arguments);
        return new UpkeepCall(status, answer.ToString(), log.ToString());
    }
}
