using System.Diagnostics;
using Upkeep.Journal;
using Upkeep.Testing;
using static Upkeep.Tests.Database.Retention.RetentionCase;

namespace Upkeep.Tests.Database.Retention;

/// <summary>Real processes, really killed; whatever the instant, every row is in the table or in the archive, and never in both.</summary>
public sealed class RetentionKillTests(PostgresServer server)
{
    private const string Logs = """
        create table public.logs (id int, at timestamptz, note text);
        insert into public.logs select g % 9000, now() - (g % 200) * interval '1 day', repeat('x', g % 50) from generate_series(1, 18000) g;
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Killed_again_and_again_it_resumes_and_every_row_is_accounted_for_once(int seed)
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs"));
        var before = await test.ContentAsync("logs");
        var random = new Random(seed);
        for (var kill = 0; kill < 4; kill++)
            await RunAndKillAsync(test, "run", random);

        var end = await test.RunAsync();

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        (test.Effect.Deleted + await test.CountAsync("logs")).ShouldBe(18000);
        (await test.UndoAsync()).Holds.ShouldBeTrue();
        (await test.ContentAsync("logs")).ShouldBe(before);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task Killed_and_undone_by_processes_that_are_killed_too_nothing_is_lost_or_doubled(int seed)
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs"));
        var before = await test.ContentAsync("logs");
        var random = new Random(seed);
        await RunAndKillAsync(test, "run", random);
        await RunAndKillAsync(test, "run", random);
        for (var kill = 0; kill < 3; kill++)
            await RunAndKillAsync(test, "undo", random);

        var proof = await test.UndoAsync();

        proof.Holds.ShouldBeTrue(proof.Summary);
        (await test.ContentAsync("logs")).ShouldBe(before);
    }

    [Fact]
    public async Task What_a_killed_run_had_removed_is_measured_though_it_came_to_no_end()
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs"));
        await RunAndKillAsync(test, "run", moves: 3, TimeSpan.Zero);

        var told = test.Harness.Facts<MeasureTaken>(Id).Select(taken => taken.Measure).Where(measure => measure.Name == "deleted_rows").ToList();

        told.ShouldNotBeEmpty();
        told[^1].Value.ShouldBeInRange(1, 18000 - await test.CountAsync("logs"));
    }

    // Kills after some steps forward and a moment more; a process that is through before that has done its work.
    private static Task RunAndKillAsync(RetentionCase test, string what, Random random) =>
        RunAndKillAsync(test, what, random.Next(what == "run" ? 12 : 2), TimeSpan.FromMicroseconds(random.Next(25_000)));

    private static async Task RunAndKillAsync(RetentionCase test, string what, int moves, TimeSpan moment)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Upkeep.RetentionHost"),
            [test.Harness.Root, StepHarness.Run, test.Database.ConnectionString, what]) { RedirectStandardOutput = true })!;
        while (moves-- >= 0 && await process.StandardOutput.ReadLineAsync(Token) is not null)
        {
        }
        await Task.Delay(moment, TimeProvider.System, Token);
        process.Kill();
        await process.WaitForExitAsync(Token);
    }
}
