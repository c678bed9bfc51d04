using System.Diagnostics;

namespace Upkeep.Scenarios.Demo;

/// <summary>The built program, running a small demo in a folder of the test's own.</summary>
internal sealed class DemoProcess : IDisposable
{
    private readonly Process _process;

    private DemoProcess(string folder, Process process)
    {
        Folder = folder;
        _process = process;
    }

    public string Folder { get; }

    public static DemoProcess Start(params IReadOnlyList<string> arguments)
    {
        var folder = Directory.CreateTempSubdirectory("upkeep demo's test ").FullName;
        // The server's user has to pass.
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var start = new ProcessStartInfo(BuiltPrograms.Upkeep, ["demo", "--folder", folder, "--scale", "0.05", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        return new DemoProcess(folder, Process.Start(start)!);
    }

    /// <returns>Exit status and standard output.</returns>
    public async Task<(int Status, string Output)> EndAsync(CancellationToken cancellationToken)
    {
        var output = _process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = await _process.StandardError.ReadToEndAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine(error);
        return (_process.ExitCode, await output);
    }

    /// <summary>Kills it (SIGKILL) as soon as a line of its progress holds the text.</summary>
    public async Task KillAtAsync(string progress, CancellationToken cancellationToken)
    {
        while (await _process.StandardError.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!line.Contains(progress, StringComparison.Ordinal))
                continue;
            _process.Kill();
            await _process.WaitForExitAsync(cancellationToken);
            return;
        }
        throw new InvalidOperationException($"The demo ended before it said \"{progress}\".");
    }

    /// <summary>Command lines of the processes that were given something below the demo's folder.</summary>
    public IReadOnlyList<string> Processes() => RunningPrograms.GivenBelow(Folder);

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
