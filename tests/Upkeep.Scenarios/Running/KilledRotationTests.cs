using System.Diagnostics;
using System.IO.Compression;
using Upkeep.Testing;

namespace Upkeep.Scenarios.Running;

/// <summary>The real program, killed while it rotates a log that is being written to.</summary>
public sealed class KilledRotationTests(PostgresServer server) : IDisposable
{
    private const int Kills = 6;

    private readonly UpkeepFolder _upkeep = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Log => Path.Combine(_upkeep.Folder, "app.log");

    private string Archives => Path.Combine(_upkeep.Folder, "old");

    [Fact]
    public async Task Killed_and_resumed_the_step_leaves_every_line_once_and_in_its_order()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "create table events as select g as id from generate_series(1, 10) g");
        Directory.CreateDirectory(Archives);
        _upkeep.Configure(UpkeepFolder.Url(database), "logs: {archives: old, compression: gzip, files: [{path: app.log, way: collapse}]}\n");
        // Enough that packing takes a while: kills fall into it, too.
        await File.WriteAllLinesAsync(Log, Enumerable.Range(0, 400_000).Select(line => $"early {line} {Guid.NewGuid()}"), Token);
        var early = await File.ReadAllLinesAsync(Log, Token);
        using var writer = Process.Start(new ProcessStartInfo("sh", ["-c", "exec >> \"$0\"; i=0; while [ ! -e \"$0.stop\" ]; do echo \"late $i\"; i=$((i+1)); done; echo $i > \"$0.count\"", Log]))!;
        var (random, killed) = (new Random(7), 0);

        for (var kill = 0; kill < Kills; kill++)
        {
            using var run = _upkeep.Start(["run", "--ignore-window", .. kill == 0 ? ["--only", "logs.rotate"] : (string[])["--resume"]]);
            while (!run.HasEnded && !run.ErrorSoFar.Contains("logs.rotate:", StringComparison.Ordinal))
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(500)), TimeProvider.System, Token);
            killed += run.HasEnded ? 0 : 1;
            await run.KillAsync();
        }
        await File.WriteAllTextAsync($"{Log}.stop", "", Token);
        await writer.WaitForExitAsync(Token);
        var end = await _upkeep.RunAsync("run", "--resume", "--ignore-window", "--format", "json");

        killed.ShouldBeGreaterThan(1);
        // 2: it was killed between its last word and its end.
        end.Status.ShouldBeOneOf(0, 2, 3);
        var written = Directory.GetFiles(Archives, "app.log-*.gz").SelectMany(Unpacked).Concat(await File.ReadAllLinesAsync(Log, Token)).ToList();
        written.Where(line => line.StartsWith("early ", StringComparison.Ordinal)).ShouldBe(early);
        var late = written.Where(line => line.StartsWith("late ", StringComparison.Ordinal)).Select(line => int.Parse(line.AsSpan(5))).ToList();
        late.Order().ShouldBe(Enumerable.Range(0, int.Parse(await File.ReadAllTextAsync($"{Log}.count", Token))));
        Directory.GetFiles(Archives).ShouldAllBe(file => !file.EndsWith(".rotating", StringComparison.Ordinal));
    }

    public void Dispose() => _upkeep.Dispose();

    private static IEnumerable<string> Unpacked(string archive)
    {
        using var lines = new StreamReader(new GZipStream(File.OpenRead(archive), CompressionMode.Decompress));
        while (lines.ReadLine() is { } line)
            yield return line;
    }
}
