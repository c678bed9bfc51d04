using System.Diagnostics;
using System.Globalization;
using Upkeep.Backups;
using Upkeep.Backups.Engines;
using Upkeep.Postgres;
using Upkeep.Testing;

namespace Upkeep.Tests.Backups.Physical;

/// <summary>What attempts that came to no end leave in a real pgBackRest repository.</summary>
public sealed class PgBackRestOrphanTests(RestCluster server) : PgBackRestCase(server), IClassFixture<RestCluster>
{
    [Fact]
    public async Task A_backup_whose_later_part_fails_leaves_nothing_in_the_repository_and_what_a_dead_attempt_left_there_goes_with_the_next()
    {
        await using var database = await Server.CreateDatabaseAsync("third", Token);
        using var harness = new StepHarness();
        using var theirs = new StepHarness();
        var other = await TakeAsync(database.Door, theirs, "pre-maintenance-20261206");
        var before = await LabelsAsync();
        await using (var session = await database.Door.OpenAsync(Token))
        {
            await session.ExecuteAsync("begin; lock table public.events", Token);
            var impatient = new PgBackRestEngine(database.Door, PostgresServer.Programs, Settings(harness), TimeProvider.System) { LockWait = TimeSpan.FromMilliseconds(200), Patience = TimeSpan.FromSeconds(1) };
            var taker = new BackupTaker(database.Door, PostgresServer.Programs, Settings(harness), TimeProvider.System) { Engine = impatient };
            (await taker.TakeAsync(new BackupRequest("pre-maintenance-20261213", StepHarness.Run, (_, _, _) => { }), Token)).Problem!.What.ShouldContain("events can't be read");
            await session.ExecuteAsync("rollback", Token);
        }
        (await LabelsAsync()).ShouldBe(before);

        // A store that lost a backup's folder is what a killed attempt leaves: the repository has it, nobody has its manifest.
        var orphan = await TakeAsync(database.Door, harness, "pre-maintenance-20261220");
        Directory.Delete(Folder(harness, orphan), recursive: true);
        var next = await TakeAsync(database.Door, harness, "pre-maintenance-20261227");

        var labels = await LabelsAsync();
        labels.ShouldNotContain(orphan.Label);
        labels.ShouldContain(other.Label);
        labels.ShouldContain(next.Label);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(0.99)]
    public async Task Killed_itself_at_any_share_it_leaves_nothing_that_the_next_attempt_does_not_take_away(double share)
    {
        await using var database = await Server.CreateDatabaseAsync(string.Create(CultureInfo.InvariantCulture, $"killed_{share}"), Token);
        using var harness = new StepHarness();
        var folder = Settings(harness).Folder;
        var before = await LabelsAsync();
        string[] arguments = [database.ConnectionString, folder, "pre-maintenance-20270103", Server.Settings.Configuration!, RestCluster.Stanza];
        using (var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Upkeep.BackupHost"), arguments) { RedirectStandardOutput = true })!)
        {
            while (await process.StandardOutput.ReadLineAsync(Token) is { } line && line.Split(' ') is ["moved", var done, "of", var all, ..] && long.Parse(done, CultureInfo.InvariantCulture) < share * long.Parse(all, CultureInfo.InvariantCulture))
            {
            }
            process.Kill();
            await process.WaitForExitAsync(Token);
            process.ExitCode.ShouldBe(128 + 9, await process.StandardOutput.ReadToEndAsync(Token));
        }
        Directory.GetDirectories(folder).Select(Path.GetFileName).ShouldBe(["pre-maintenance-20270103.part"]);

        var next = await TakeAsync(database.Door, harness, "pre-maintenance-20270103");

        Directory.GetDirectories(folder).Select(Path.GetFileName).ShouldBe([next.Name]);
        (await LabelsAsync()).Except(before).ShouldBe([next.Label]);
        var whole = await Engine(database.Door, harness).ReadBackAsync(next, Folder(harness, next), Token);
        whole.Holds.ShouldBeTrue(whole.Summary);
    }

    private async Task<IReadOnlyList<string>> LabelsAsync() =>
        [.. (await new Upkeep.Backups.Physical.PgBackRest(PostgresServer.Programs, Server.Settings).InfoAsync(Token)).Info!.Backups.Select(backup => backup.Label)];
}
