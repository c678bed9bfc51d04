using Upkeep.Configuration;
using Upkeep.Logs.Rotation;
using Upkeep.Processes;

namespace Upkeep.Tests.Logs.Rotation;

/// <summary>Several real writers that open their log anew on a signal, and a renaming process that is killed at any instant, over and over.</summary>
public sealed class RenameKillTests : IDisposable
{
    private readonly LogFolder _logs = new();
    private readonly LogWriters _writers;

    public RenameKillTests() => _writers = new LogWriters(_logs);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Not_one_line_is_lost_or_doubled_and_each_writers_order_is_kept(int seed)
    {
        _writers.Start(LogWriters.Program, "reopen", _logs.Log, "dotnet", _writers.Stop);
        _writers.Start("bash", "-c", "trap 'exec >> \"$0\"' HUP; exec >> \"$0\"; i=0; while [ ! -e \"$1\" ]; do echo \"shell $i\"; i=$((i+1)); done; echo $i > \"$0.shell\"", _logs.Log, _writers.Stop);
        const string script = """
            const fs = require("fs"), log = process.argv[1], stop = process.argv[2];
            let file = fs.openSync(log, "a"), line = 0;
            process.on("SIGHUP", () => { fs.closeSync(file); file = fs.openSync(log, "a"); });
            const some = () => { for (let i = 0; i < 50; i++) fs.writeSync(file, `node ${line++}\n`); if (fs.existsSync(stop)) { fs.writeFileSync(log + ".node", `${line}`); process.exit(0); } setTimeout(some, 1); };
            some();
            """;
        _writers.Start("node", "-e", script, _logs.Log, _writers.Stop);
        // A signal before a writer listens would end it.
        while (!_writers.Ids.All(writer => ProcessSignal.Catches(writer, 1)))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);

        await _writers.RotateAndKillAsync(seed, ["rename", _logs.Log, _logs.Folder, "hup"], told => told is "1");

        await _writers.ShouldHaveEveryLineAsync(_logs.Request with { Way = LogWay.Rename });
        _logs.ShouldHaveNoTraces();
    }

    public void Dispose()
    {
        _writers.Dispose();
        _logs.Dispose();
    }
}
