using Npgsql;
using Upkeep.Testing;

namespace Upkeep.Scenarios.Running;

/// <summary>The real program, really killed, on a SceneScout database.</summary>
public sealed class KillTests(PostgresServer server) : IDisposable
{
    private const string DumpSessions =
        "select exists (select from pg_stat_activity where datname = current_database() and application_name like 'upkeep pre-maintenance-%'";

    private readonly UpkeepFolder _upkeep = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Killed_at_random_moments_it_resumes_to_the_same_end_and_can_be_taken_back(int seed)
    {
        await using var database = await SceneScoutDatabase.CreateAsync(server, "0.3", Token);
        _upkeep.Configure(UpkeepFolder.Url(database), SceneScoutDatabase.Rules);
        var before = await database.ContentAsync(Token);
        var random = new Random(seed);
        for (var kill = 0; kill < 5; kill++)
            await RunAndKillAsync(resume: kill > 0, TimeSpan.FromMilliseconds(random.Next(0, 1100)));

        // Begun outside the window, it is gone on with outside of it: the hint is the whole command.
        var end = await _upkeep.RunAsync("run", "--resume");

        // 2: it was killed between its last word and its end.
        end.Status.ShouldBeOneOf(0, 2, 3);
        (await _upkeep.RunAsync("status", "--format", "json")).Json().Text("status").ShouldBeOneOf("succeeded", "attention");
        foreach (var (table, column, keep) in new[] { ("audit_logs", "created_at", "90 days"), ("api_logs", "created_at", "30 days"), ("auth.sessions", "expires_at", "0") })
            (await database.ScalarAsync<long>($"select count(*) from {table} where {column} < now() - interval '{keep}' - interval '10 minutes'", Token)).ShouldBe(0, table);
        (await database.ContentAsync(Token)).ShouldNotBe(before);
        await ArchivesHoldTheRestAsync(database, before);

        var rollback = await _upkeep.RunAsync("rollback");
        rollback.Status.ShouldBe(0, rollback.Said);
        (await database.ContentAsync(Token)).ShouldBe(before);
    }

    [Fact]
    public async Task Killed_during_the_backup_it_takes_pg_dump_with_it_and_resume_makes_the_backup()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "create table events as select g as id from generate_series(1, 1000) g");
        _upkeep.Configure(UpkeepFolder.Url(database), "throttle:\n  enabled: false\n");
        await using (await Locked.HoldAsync(database, "events", Token))
        {
            using var run = _upkeep.Start("run", "--ignore-window");
            await run.UntilAsync(() => database.ScalarAsync<bool>($"{DumpSessions} and wait_event_type = 'Lock')", Token));
            await run.KillAsync();
            // Nobody but the kernel ends it; it would wait ten seconds for the table, and is gone before the table is free.
            while (Dumps() > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
        }

        var resumed = await _upkeep.RunAsync("run", "--resume", "--ignore-window", "--format", "json");

        resumed.Status.ShouldBeOneOf(0, 3);
        resumed.Json().Step("preparation.backup").Text("status").ShouldBe("succeeded");
        Directory.GetFileSystemEntries(Path.Combine(_upkeep.Folder, "backups")).Length.ShouldBe(1);
    }

    public void Dispose() => _upkeep.Dispose();

    private int Dumps() => RunningPrograms.GivenBelow(_upkeep.Folder).Count;

    // On a copy: the archives alone must hold every row that is gone, and none that is still there.
    private async Task ArchivesHoldTheRestAsync(TestDatabase database, string before)
    {
        // A template has no visitors, and our own pooled session is one.
        NpgsqlConnection.ClearAllPools();
        await using var copy = await server.CreateDatabaseAsync(Token);
        await copy.ExecuteAsync($"create database copy_of_{database.Name} template {database.Name}", Token);
        await using var joined = new TestDatabase(database.Cluster, $"copy_of_{database.Name}");
        await ArchivedRows.PutBackAsync(_upkeep.Root, joined, Token);
        (await joined.ContentAsync(Token)).ShouldBe(before);
    }

    private async Task RunAndKillAsync(bool resume, TimeSpan after)
    {
        using var run = _upkeep.Start(["run", "--ignore-window", .. resume ? ["--resume"] : Array.Empty<string>()]);
        // Killed before its first fact, a run would leave nothing to go on with.
        await run.UntilAsync(() => Task.FromResult(Directory.Exists(_upkeep.Root) && Directory.EnumerateDirectories(_upkeep.Root, "weekly-*").Any()));
        await Task.Delay(after, TimeProvider.System, Token);
        await run.KillAsync();
    }
}
