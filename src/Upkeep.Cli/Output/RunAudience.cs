using Upkeep.Reports;
using Upkeep.Running;

namespace Upkeep.Cli.Output;

/// <summary>Shows a run's progress on stderr while it goes on.</summary>
internal abstract class RunAudience
{
    /// <summary>The audience that fits: a terminal is redrawn, anything else gets plain lines with their time.</summary>
    /// <param name="windowEnd">Counted down to, where there is one.</param>
    public static RunAudience For(CommandOutput output, DateTimeOffset? windowEnd, TimeProvider time) =>
        output.Settings.Live ? new LiveAudience(output, windowEnd, time) : new PlainAudience(output, time);

    /// <summary>Does the work and shows what it tells.</summary>
    public abstract Task<T> ShowAsync<T>(Func<Action<RunEvent>, Task<T>> work);

    protected static string Took(TimeSpan took) => Amount.Duration(took);
}
