using System.Diagnostics;

namespace Upkeep.Processes;

/// <summary>
/// A program that runs beside us, in a session of its own so that a Ctrl-C meant for us doesn't end it first. We hold the other end of its
/// standard input: when we end, however we end, the system closes it, and the program takes that as its sign to put its affairs in order.
/// </summary>
public sealed class Companion : IDisposable
{
    private readonly Process _process;

    private Companion(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>Starts a program.</summary>
    /// <param name="environment">Variables besides our own; secrets go here, never into the arguments.</param>
    public static Companion Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(environment);
        // Its output goes to pipes of ours, so that whoever waits for our own output to end doesn't wait for the companion.
        var start = new ProcessStartInfo("setsid", ["--", program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new Companion(Process.Start(start)!);
    }

    /// <summary>The next line of its standard output, or null where it ended.</summary>
    public Task<string?> ReadLineAsync(CancellationToken cancellationToken) => _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask();

    /// <summary>What it wrote to standard error, to its end.</summary>
    public Task<string> ReadErrorAsync(CancellationToken cancellationToken) => _process.StandardError.ReadToEndAsync(cancellationToken);

    /// <summary>Says a line to it.</summary>
    public void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Lets go of its standard input and waits for its end.</summary>
    public async Task<int> EndAsync(CancellationToken cancellationToken)
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public void Dispose() => _process.Dispose();
}
