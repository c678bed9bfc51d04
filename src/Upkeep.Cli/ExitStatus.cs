using Upkeep.Journal;
using Upkeep.Postgres;

namespace Upkeep.Cli;

/// <summary>What the program tells the shell. The one place for these numbers; scripts rely on them (docs/guide/commands.md).</summary>
internal enum ExitStatus
{
    /// <summary>Everything due did its work, proven; no finding above info.</summary>
    Success = 0,

    /// <summary>An unexpected error inside upkeep itself.</summary>
    UnexpectedError = 1,

    /// <summary>Usage or configuration error; nothing was touched.</summary>
    Usage = 2,

    /// <summary>Finished, and something needs a person's attention.</summary>
    Attention = 3,

    /// <summary>Finished or stopped with a failed step.</summary>
    Failed = 4,

    /// <summary>Not started: a go/no-go condition said no.</summary>
    Refused = 5,

    /// <summary>Not started: another run holds the lock.</summary>
    Locked = 6,

    /// <summary>Stopped before the end; resumable.</summary>
    Stopped = 7,
}

/// <summary>Which status stands for which end of a run.</summary>
internal static class ExitStatuses
{
    public static ExitStatus Of(RunStatus status) => status switch
    {
        RunStatus.Succeeded or RunStatus.RolledBack => ExitStatus.Success,
        RunStatus.Attention => ExitStatus.Attention,
        RunStatus.Failed => ExitStatus.Failed,
        RunStatus.Refused => ExitStatus.Refused,
        RunStatus.Stopped or RunStatus.Running => ExitStatus.Stopped,
        _ => ExitStatus.UnexpectedError,
    };

    /// <summary>A server that lets us in nowhere was named wrongly; one that can't be reached is a condition that said no.</summary>
    public static ExitStatus Of(DatabaseUnreachableException unreachable) =>
        unreachable.IsMistake ? ExitStatus.Usage : ExitStatus.Refused;
}
