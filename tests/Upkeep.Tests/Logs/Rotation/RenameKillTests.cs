using System.Diagnostics;
using Upkeep.Configuration;
using Upkeep.Logs.Rotation;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Tests.Logs.Rotation;

/// <summary>Several real writers that open their log anew on a signal, and a renaming process that is killed at any instant, over and over.</summary>
public sealed class RenameKillTests : IDisposable
{
    // Each of them was seen to come to its end, however slow the machine is.
    private const int Ended = 3;
    private const int MostKills = 200;
    private readonly LogFolder _logs = new();
    private readonly List<Process> _writers = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Stop => _logs.Log + ".stop";

    private static string Program => Path.Combine(AppContext.BaseDirectory, "Upkeep.RotationHost");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Not_one_line_is_lost_or_doubled_and_each_writers_order_is_kept(int seed)
    {
        var random = new Random(seed);
        Write(Program, "reopen", _logs.Log, "dotnet", Stop);
        Write("bash", "-c", "trap 'exec >> \"$0\"' HUP; exec >> \"$0\"; i=0; while [ ! -e \"$1\" ]; do echo \"shell $i\"; i=$((i+1)); done; echo $i > \"$0.shell\"", _logs.Log, Stop);
        const string script = """
            const fs = require("fs"), log = process.argv[1], stop = process.argv[2];
            let file = fs.openSync(log, "a"), line = 0;
            process.on("SIGHUP", () => { fs.closeSync(file); file = fs.openSync(log, "a"); });
            const some = () => { for (let i = 0; i < 50; i++) fs.writeSync(file, `node ${line++}\n`); if (fs.existsSync(stop)) { fs.writeFileSync(log + ".node", `${line}`); process.exit(0); } setTimeout(some, 1); };
            some();
            """;
        Write("node", "-e", script, _logs.Log, Stop);
        // A signal before a writer listens would end it.
        while (!_writers.All(writer => ProcessSignal.Catches(writer.Id, 1)))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token);
        var rotated = 0;
        for (var kill = 0; rotated < Ended && kill < MostKills; kill++)
        {
            using var rotating = Process.Start(new ProcessStartInfo(Program, ["rename", _logs.Log, _logs.Folder, "hup"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            // From its beginning on any moment may be its last; every other one has come to its end once before.
            if (kill % 2 == 1 && await rotating.StandardOutput.ReadLineAsync(Token) is "1")
                rotated++;
            await Task.Delay(TimeSpan.FromMilliseconds(kill % 2 == 1 ? random.Next(60) : 100 + random.Next(300)), TimeProvider.System, Token);
            rotating.Kill();
            await rotating.WaitForExitAsync(Token);
        }
        File.WriteAllText(Stop, "");
        foreach (var writer in _writers)
        {
            await writer.WaitForExitAsync(Token);
            writer.ExitCode.ShouldBe(0);
        }

        var last = new LogRotation(new ProgramDoor(new Redactor([]), TimeProvider.System), LogFolder.NoLogrotate, TimeProvider.System);
        (await last.RotateAsync(new RotationRequest(_logs.Log, _logs.Folder) { Way = LogWay.Rename }, Token)).Problem.ShouldBeNull();

        rotated.ShouldBe(Ended);
        _logs.Archives().Count.ShouldBeGreaterThan(1);
        var written = _logs.Written();
        var counts = new[] { "dotnet", "shell", "node" }.ToDictionary(writer => writer, writer => int.Parse(File.ReadAllText($"{_logs.Log}.{writer}"), System.Globalization.CultureInfo.InvariantCulture));
        foreach (var (writer, count) in counts)
            written.Where(line => line.StartsWith(writer, StringComparison.Ordinal)).SequenceEqual(Enumerable.Range(0, count).Select(line => $"{writer} {line}")).ShouldBeTrue(writer);
        written.Count.ShouldBe(counts.Values.Sum());
        _logs.ShouldHaveNoTraces();
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

    private void Write(string program, params string[] arguments) => _writers.Add(Process.Start(new ProcessStartInfo(program, arguments))!);
}
