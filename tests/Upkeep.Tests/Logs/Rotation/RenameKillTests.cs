using System.Diagnostics;
using Upkeep.Configuration;
using Upkeep.Logs.Logrotate;
using Upkeep.Logs.Rotation;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Tests.Logs.Rotation;

/// <summary>Several real writers that open their log anew on a signal, and a renaming process that is killed at any instant, over and over.</summary>
public sealed class RenameKillTests : IDisposable
{
    private const int Lines = 700_000;
    private readonly LogFolder _logs = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Program => Path.Combine(AppContext.BaseDirectory, "Upkeep.RotationHost");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Not_one_line_is_lost_or_doubled_and_each_writers_order_is_kept(int seed)
    {
        var random = new Random(seed);
        using var dotnet = Process.Start(new ProcessStartInfo(Program, ["reopen", _logs.Log, "dotnet", $"{Lines}"]))!;
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", "trap 'exec >> \"$0\"' HUP; exec >> \"$0\"; i=0; while [ $i -lt $1 ]; do echo \"shell $i\"; i=$((i+1)); done", _logs.Log, $"{Lines}"]))!;
        const string script = """
            const fs = require("fs"), log = process.argv[1], lines = +process.argv[2];
            let file = fs.openSync(log, "a"), line = 0;
            process.on("SIGHUP", () => { fs.closeSync(file); file = fs.openSync(log, "a"); });
            const some = () => { for (let i = 0; i < 50 && line < lines; i++) fs.writeSync(file, `node ${line++}\n`); if (line < lines) setImmediate(some); };
            some();
            """;
        using var node = Process.Start(new ProcessStartInfo("node", ["-e", script, _logs.Log, $"{Lines}"]))!;
        Process[] writers = [dotnet, shell, node];
        // A signal before a writer listens would end it.
        while (!(ProcessSignal.Catches(dotnet.Id, 1) && ProcessSignal.Catches(shell.Id, 1) && ProcessSignal.Catches(node.Id, 1)))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token);
        var rotated = 0;
        for (var kill = 0; kill < 60 && writers.Any(writer => !writer.HasExited); kill++)
        {
            using var rotating = Process.Start(new ProcessStartInfo(Program, ["rename", _logs.Log, _logs.Folder, "hup"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            // From its beginning on any moment may be its last; every other one has come to its end once before.
            if (kill % 2 == 1 && await rotating.StandardOutput.ReadLineAsync(Token) is "1")
                rotated++;
            await Task.Delay(TimeSpan.FromMilliseconds(kill % 2 == 1 ? random.Next(60) : 100 + random.Next(300)), TimeProvider.System, Token);
            rotating.Kill();
            await rotating.WaitForExitAsync(Token);
        }
        foreach (var writer in writers)
        {
            await writer.WaitForExitAsync(Token);
            writer.ExitCode.ShouldBe(0);
        }

        var last = new LogRotation(new ProgramDoor(new Redactor([]), TimeProvider.System), LogrotateNeighbour.OfThisMachine(TimeProvider.System), TimeProvider.System);
        (await last.RotateAsync(new RotationRequest(_logs.Log, _logs.Folder) { Way = LogWay.Rename }, Token)).Problem.ShouldBeNull();

        rotated.ShouldBeGreaterThan(0);
        // On a busy machine few of them come to their end.
        _logs.Archives().Count.ShouldBeGreaterThan(1);
        var written = _logs.Written();
        foreach (var writer in new[] { "dotnet", "shell", "node" })
            written.Where(line => line.StartsWith(writer, StringComparison.Ordinal)).ShouldBe(Enumerable.Range(0, Lines).Select(line => $"{writer} {line}"));
        written.Count.ShouldBe(3 * Lines);
        _logs.ShouldHaveNoTraces();
    }

    public void Dispose() => _logs.Dispose();
}
