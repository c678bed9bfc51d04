using System.Diagnostics;
using Upkeep.Logs.Rotation;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Tests.Logs.Rotation;

/// <summary>Several real writers at full speed, and a rotating process that is killed at any instant, over and over.</summary>
public sealed class CollapseKillTests : IDisposable
{
    // Each of them was seen to come to its end, however slow the machine is.
    private const int Ended = 3;
    private const int MostKills = 200;
    private readonly LogFolder _logs = new();
    private readonly List<Process> _writers = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Not_one_line_is_lost_or_doubled_and_each_writers_order_is_kept(int seed)
    {
        var random = new Random(seed);
        // As a unit with StandardOutput=append: does, as a shell does, and as pino does.
        Write("exec \"$1\" write \"$0\" dotnet \"$2\" >> \"$0\"", Program, Stop);
        Write("i=0; while [ ! -e \"$1\" ]; do echo \"shell $i\"; i=$((i+1)); done >> \"$0\"; echo $i > \"$0.shell\"", Stop);
        Write("exec node -e 'const fs=require(\"fs\"),[,log,stop]=process.argv,f=fs.openSync(log,\"a\");let i=0;const some=()=>{for(let n=0;n<50;n++)fs.writeSync(f,`node ${i++}\\n`);if(fs.existsSync(stop))fs.writeFileSync(log+\".node\",`${i}`);else setTimeout(some,1)};some()' \"$0\" \"$1\"", Stop);
        var ended = 0;
        for (var kill = 0; ended < Ended && kill < MostKills; kill++)
        {
            using var rotating = Host("rotate", _logs.Log, _logs.Folder);
            // From its beginning on any moment may be its last; every other one has come to its end once before.
            if (kill % 2 == 1 && await rotating.StandardOutput.ReadLineAsync(Token) is not null)
                ended++;
            await Task.Delay(TimeSpan.FromMilliseconds(kill % 2 == 1 ? random.Next(60) : 100 + random.Next(300)), TimeProvider.System, Token);
            rotating.Kill();
            (await rotating.StandardError.ReadToEndAsync(Token)).ShouldBeEmpty();
        }
        File.WriteAllText(Stop, "");
        foreach (var writer in _writers)
        {
            await writer.WaitForExitAsync(Token);
            writer.ExitCode.ShouldBe(0);
        }

        (await new LogRotation(new ProgramDoor(new Redactor([]), TimeProvider.System), LogFolder.NoLogrotate, TimeProvider.System).RotateAsync(new RotationRequest(_logs.Log, _logs.Folder), Token)).Problem.ShouldBeNull();

        ended.ShouldBe(Ended);
        _logs.Archives().Count.ShouldBeGreaterThan(1);
        var written = _logs.Written();
        var counts = new[] { "dotnet", "shell", "node" }.ToDictionary(writer => writer, writer => int.Parse(File.ReadAllText($"{_logs.Log}.{writer}"), System.Globalization.CultureInfo.InvariantCulture));
        foreach (var (writer, count) in counts)
            written.Where(line => line.StartsWith(writer, StringComparison.Ordinal)).SequenceEqual(Enumerable.Range(0, count).Select(line => $"{writer} {line}")).ShouldBeTrue(writer);
        written.Count.ShouldBe(counts.Values.Sum());
        Directory.GetFiles(_logs.Folder).Where(file => file.EndsWith(".rotating", StringComparison.Ordinal) || file.EndsWith(".json", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    public void Dispose()
    {
        foreach (var writer in _writers)
        {
            if (!writer.HasExited)
                writer.Kill(entireProcessTree: true);
            writer.WaitForExit();
            writer.Dispose();
        }
        _logs.Dispose();
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "Upkeep.RotationHost");

    private string Stop => _logs.Log + ".stop";

    private void Write(string script, params string[] arguments) => _writers.Add(Process.Start(new ProcessStartInfo("sh", ["-c", script, _logs.Log, .. arguments]))!);

    private static Process Host(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
