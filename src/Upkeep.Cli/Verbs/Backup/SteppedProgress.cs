using System.Globalization;
using Upkeep.Cli.Output;

namespace Upkeep.Cli.Verbs.Backup;

/// <summary>Progress of a restore on stderr: a line for each twentieth, and for each new thing that can't be told in bytes.</summary>
internal sealed class SteppedProgress(CommandOutput output)
{
    private const int Steps = 20;

    private readonly Lock _gate = new();
    private long _step = -1;
    private string? _what;

    public void Moved(long done, long? total, string? what)
    {
        lock (_gate)
        {
            if (total is > 0 and { } whole)
                Step(done * Steps / whole, what);
            else if (what is not null && what != _what)
                output.Progress(_what = what);
        }
    }

    private void Step(long step, string? what)
    {
        if (step <= _step)
            return;
        _step = step;
        output.Progress(string.Create(CultureInfo.InvariantCulture, $"{step * 100 / Steps} % {what}"));
    }
}
