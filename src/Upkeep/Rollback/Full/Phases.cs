using System.Globalization;
using Upkeep.Running;

namespace Upkeep.Rollback.Full;

/// <summary>Tells the phases of a rollback as they go by, and measures each.</summary>
internal sealed class Phases(StepContext context, TimeProvider time)
{
    private readonly List<string> _told = [];
    private int _begun;

    /// <summary>The phases so far in one line, for example <c>restored in 12.3 s, proven in 4.0 s</c>.</summary>
    public string Summary => string.Join(", ", _told);

    /// <summary>Runs a phase.</summary>
    /// <param name="name">What is done, for the terminal and the measure, for example <c>restore beside</c>.</param>
    /// <param name="done">What was done, for the summary, for example <c>restored</c>.</param>
    public async Task<T> RunAsync<T>(string name, string done, Func<Task<T>> work)
    {
        context.Progress(++_begun, null, "phases", name);
        var since = time.GetTimestamp();
        var result = await work();
        var took = time.GetElapsedTime(since).TotalSeconds;
        context.After("phase_seconds", took, "seconds", name);
        _told.Add(string.Create(CultureInfo.InvariantCulture, $"{done} in {took:0.0} s"));
        return result;
    }
}
