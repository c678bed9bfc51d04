using System.Diagnostics;
using System.Globalization;
using Upkeep.Logs.Rotation;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Tests.Logs.Rotation;

/// <summary>Several real writers to one log at full speed, named dotnet, shell and node, while rotations are killed at any instant; they end when they are told to, or with the test.</summary>
internal sealed class LogWriters(LogFolder logs) : IDisposable
{
    // Each of them is seen to come to its end, however slow the machine is.
    private const int Ended = 3;
    private const int MostKills = 200;
    private readonly List<Process> _writers = [];

    public static string Program => Path.Combine(AppContext.BaseDirectory, "Upkeep.RotationHost");

    /// <summary>The file whose coming ends the writers.</summary>
    public string Stop => logs.Log + ".stop";

    public IEnumerable<int> Ids => _writers.Select(writer => writer.Id);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Start(string program, params string[] arguments) => _writers.Add(Process.Start(new ProcessStartInfo(program, arguments))!);

    /// <summary>Starts rotations and kills each, until some have been seen to end; then the writers end, too.</summary>
    /// <param name="arguments">Of the rotating program.</param>
    /// <param name="hasEnded">Whether the line that it told means a rotation that came to its end.</param>
    /// <returns>What the rotations complained of.</returns>
    public async Task<IReadOnlyList<string>> RotateAndKillAsync(int seed, string[] arguments, Func<string?, bool> hasEnded)
    {
        var (random, complaints, ended) = (new Random(seed), new List<string>(), 0);
        for (var kill = 0; ended < Ended && kill < MostKills; kill++)
        {
            using var rotating = Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            // From its beginning on any moment may be its last; every other one has come to its end once before.
            if (kill % 2 == 1 && hasEnded(await rotating.StandardOutput.ReadLineAsync(Token)))
                ended++;
            await Task.Delay(TimeSpan.FromMilliseconds(kill % 2 == 1 ? random.Next(60) : 100 + random.Next(300)), TimeProvider.System, Token);
            rotating.Kill();
            complaints.Add(await rotating.StandardError.ReadToEndAsync(Token));
            await rotating.WaitForExitAsync(Token);
        }
        await File.WriteAllTextAsync(Stop, "", Token);
        foreach (var writer in _writers)
        {
            await writer.WaitForExitAsync(Token);
            writer.ExitCode.ShouldBe(0);
        }
        ended.ShouldBe(Ended);
        return complaints;
    }

    /// <summary>Rotates once more, to the end; then every line of each writer must be there once, in its order.</summary>
    public async Task ShouldHaveEveryLineAsync(RotationRequest request)
    {
        var last = new LogRotation(new ProgramDoor(new Redactor([]), TimeProvider.System), LogFolder.NoLogrotate, TimeProvider.System);
        (await last.RotateAsync(request, Token)).Problem.ShouldBeNull();

        logs.Archives().Count.ShouldBeGreaterThan(1);
        var written = logs.Written();
        var counts = new[] { "dotnet", "shell", "node" }.ToDictionary(writer => writer, writer => int.Parse(File.ReadAllText($"{logs.Log}.{writer}"), CultureInfo.InvariantCulture));
        foreach (var (writer, count) in counts)
            written.Where(line => line.StartsWith(writer, StringComparison.Ordinal)).SequenceEqual(Enumerable.Range(0, count).Select(line => $"{writer} {line}")).ShouldBeTrue(writer);
        written.Count.ShouldBe(counts.Values.Sum());
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
    }
}
