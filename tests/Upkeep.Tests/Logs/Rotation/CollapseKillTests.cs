namespace Upkeep.Tests.Logs.Rotation;

/// <summary>Several real writers at full speed, and a rotating process that is killed at any instant, over and over.</summary>
public sealed class CollapseKillTests : IDisposable
{
    private readonly LogFolder _logs = new();
    private readonly LogWriters _writers;

    public CollapseKillTests() => _writers = new LogWriters(_logs);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Not_one_line_is_lost_or_doubled_and_each_writers_order_is_kept(int seed)
    {
        // As a unit with StandardOutput=append: does, as a shell does, and as pino does.
        Write("exec \"$1\" write \"$0\" dotnet \"$2\" >> \"$0\"", LogWriters.Program, _writers.Stop);
        Write("i=0; while [ ! -e \"$1\" ]; do echo \"shell $i\"; i=$((i+1)); done >> \"$0\"; echo $i > \"$0.shell\"", _writers.Stop);
        Write("exec node -e 'const fs=require(\"fs\"),[,log,stop]=process.argv,f=fs.openSync(log,\"a\");let i=0;const some=()=>{for(let n=0;n<50;n++)fs.writeSync(f,`node ${i++}\\n`);if(fs.existsSync(stop))fs.writeFileSync(log+\".node\",`${i}`);else setTimeout(some,1)};some()' \"$0\" \"$1\"", _writers.Stop);

        (await _writers.RotateAndKillAsync(seed, ["rotate", _logs.Log, _logs.Folder], told => told is not null)).ShouldAllBe(complaint => complaint.Length == 0);

        await _writers.ShouldHaveEveryLineAsync(_logs.Request);
        Directory.GetFiles(_logs.Folder).Where(file => file.EndsWith(".rotating", StringComparison.Ordinal) || file.EndsWith(".json", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    public void Dispose()
    {
        _writers.Dispose();
        _logs.Dispose();
    }

    private void Write(string script, params string[] arguments) => _writers.Start("sh", ["-c", script, _logs.Log, .. arguments]);
}
