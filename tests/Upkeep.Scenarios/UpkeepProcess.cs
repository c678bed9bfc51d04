using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Upkeep.Testing;

namespace Upkeep.Scenarios;

/// <summary>How a call of the program ended.</summary>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record Ended(int Status, string Output, string Error)
{
    /// <summary>Everything that was to be seen; what a failed assertion shows.</summary>
    public string Said => Output + Error;

    public JsonElement Json() => JsonDocument.Parse(Output).RootElement;
}

/// <summary>The built program at work.</summary>
internal sealed class UpkeepProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    private UpkeepProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Note(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Note(_error, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>What it has written to standard error so far.</summary>
    public string ErrorSoFar
    {
        get
        {
            lock (_error)
                return _error.ToString();
        }
    }

    public bool HasEnded => _process.HasExited;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static UpkeepProcess Start(ProcessStartInfo start) => new(Process.Start(start)!);

    /// <summary>Presses keys in its terminal.</summary>
    public void Press(char key)
    {
        _process.StandardInput.Write(key);
        _process.StandardInput.Flush();
    }

    /// <param name="signal">As kill has it, for example <c>TERM</c>.</param>
    public async Task SignalAsync(string signal) =>
        (await PostgresServer.Programs.RunAsync("kill", ["-s", signal, $"{Id}"], new Dictionary<string, string?>(), null, Token)).ExitCode.ShouldBe(0);

    /// <summary>SIGKILL to it alone; what it started is left to itself.</summary>
    public async Task<Ended> KillAsync()
    {
        _process.Kill();
        return await EndAsync();
    }

    /// <summary>Waits until something is so; fails when the program ended before.</summary>
    public async Task UntilAsync(Func<Task<bool>> so)
    {
        while (!await so())
        {
            if (HasEnded)
                Assert.Fail($"It ended before: {(await EndAsync()).Said}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
        }
    }

    public async Task<Ended> EndAsync()
    {
        await _process.WaitForExitAsync(Token);
        return new Ended(_process.ExitCode, _output.ToString(), _error.ToString());
    }

    public void Dispose()
    {
        if (!HasEnded)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static void Note(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.AppendLine(line);
    }
}
