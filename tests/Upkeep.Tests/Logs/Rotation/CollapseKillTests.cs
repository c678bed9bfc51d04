using System.Diagnostics;
using Upkeep.Logs.Logrotate;
using Upkeep.Logs.Rotation;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Tests.Logs.Rotation;

/// <summary>Several real writers at full speed, and a rotating process that is killed at any instant, over and over.</summary>
public sealed class CollapseKillTests : IDisposable
{
    private const int Lines = 700_000;
    private readonly LogFolder _logs = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Not_one_line_is_lost_or_doubled_and_each_writers_order_is_kept(int seed)
    {
        var random = new Random(seed);
        // As a unit with StandardOutput=append: does, as a shell does, and as pino does.
        using var dotnet = Writer("exec \"$1\" write - dotnet $2 >> \"$0\"", Program, $"{Lines}");
        using var shell = Writer("i=0; while [ $i -lt $1 ]; do echo \"shell $i\"; i=$((i+1)); done >> \"$0\"", $"{Lines}");
        using var node = Writer("exec node -e 'const fs=require(\"fs\"),f=fs.openSync(process.argv[1],\"a\");for(let i=0;i<+process.argv[2];i++)fs.writeSync(f,`node ${i}\\n`)' \"$0\" $1", $"{Lines}");
        Process[] writers = [dotnet, shell, node];
        for (var kill = 0; kill < 60 && writers.Any(writer => !writer.HasExited); kill++)
        {
            using var rotating = Host("rotate", _logs.Log, _logs.Folder);
            // From its beginning on any moment may be its last; every other one has come to its end once before.
            if (kill % 2 == 1)
                await rotating.StandardOutput.ReadLineAsync(Token);
            await Task.Delay(TimeSpan.FromMilliseconds(kill % 2 == 1 ? random.Next(60) : 100 + random.Next(300)), TimeProvider.System, Token);
            rotating.Kill();
            (await rotating.StandardError.ReadToEndAsync(Token)).ShouldBeEmpty();
        }
        foreach (var writer in writers)
        {
            await writer.WaitForExitAsync(Token);
            writer.ExitCode.ShouldBe(0);
        }

        (await new LogRotation(new ProgramDoor(new Redactor([]), TimeProvider.System), LogrotateNeighbour.OfThisMachine(TimeProvider.System), TimeProvider.System).RotateAsync(new RotationRequest(_logs.Log, _logs.Folder), Token)).Problem.ShouldBeNull();

        // On a busy machine few of them come to their end.
        _logs.Archives().Count.ShouldBeGreaterThan(1);
        var written = _logs.Written();
        foreach (var writer in new[] { "dotnet", "shell", "node" })
            written.Where(line => line.StartsWith(writer, StringComparison.Ordinal)).ShouldBe(Enumerable.Range(0, Lines).Select(line => $"{writer} {line}"));
        written.Count.ShouldBe(3 * Lines);
        Directory.GetFiles(_logs.Folder).Where(file => file.EndsWith(".rotating", StringComparison.Ordinal) || file.EndsWith(".json", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    public void Dispose() => _logs.Dispose();

    private static string Program => Path.Combine(AppContext.BaseDirectory, "Upkeep.RotationHost");

    private Process Writer(string script, params string[] arguments) => Process.Start(new ProcessStartInfo("sh", ["-c", script, _logs.Log, .. arguments]))!;

    private static Process Host(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
