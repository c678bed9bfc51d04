using System.Diagnostics;
using System.Text.Json;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Running;
using Upkeep.Testing;

namespace Upkeep.Tests.Running;

public sealed class RunLockTests(PostgresServer server) : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("upkeep-lock-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static RunLockHolder Me => new(ProcessMark.Own, "upkeep run", new DateTimeOffset(2026, 11, 22, 7, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_second_process_is_told_who_holds_the_lock_since_when_until_it_is_killed()
    {
        using var other = await HoldAsync();

        var (refused, holder) = RunLock.TryTake(_root, Me);
        refused.ShouldBeNull();
        holder.ShouldNotBeNull().Process.ProcessId.ShouldBe(other.Id);
        holder.ToString().ShouldContain($"process {other.Id} on {Environment.MachineName}");
        RunLock.HolderOf(_root).ShouldBe(holder);

        other.Kill();
        await other.WaitForExitAsync(Token);
        using var taken = RunLock.TryTake(_root, Me).Lock.ShouldNotBeNull();
        taken.TakenOver.ShouldNotBeNull().Proof.ShouldContain($"no process {other.Id}");
    }

    [Fact]
    public async Task A_lock_file_removed_under_a_living_holder_frees_nothing()
    {
        using var other = await HoldAsync();
        File.Delete(Path.Combine(_root, "run.lock"));

        var (refused, holder) = RunLock.TryTake(_root, Me);

        refused.ShouldBeNull();
        holder.ShouldNotBeNull().Process.ProcessId.ShouldBe(other.Id);
        other.Kill();
        await other.WaitForExitAsync(Token);
    }

    [Fact]
    public void A_released_lock_is_taken_without_a_word()
    {
        RunLock.TryTake(_root, Me).Lock.ShouldNotBeNull().Dispose();

        using var again = RunLock.TryTake(_root, Me).Lock.ShouldNotBeNull();
        again.TakenOver.ShouldBeNull();
    }

    [Fact]
    public void A_process_id_that_is_another_process_by_now_proves_the_death()
    {
        Leave(Me with { Process = ProcessMark.Own with { StartTicks = 1 } });

        using var taken = RunLock.TryTake(_root, Me).Lock.ShouldNotBeNull();
        taken.TakenOver.ShouldNotBeNull().Proof.ShouldContain("is another one by now");
    }

    [Fact]
    public void A_machine_that_was_started_anew_proves_the_death()
    {
        Leave(Me with { Process = ProcessMark.Own with { BootId = "an earlier boot" } });

        using var taken = RunLock.TryTake(_root, Me).Lock.ShouldNotBeNull();
        taken.TakenOver.ShouldNotBeNull().Proof.ShouldContain("started anew");
    }

    [Fact]
    public async Task The_lock_in_the_database_tells_who_has_it()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        var (first, _) = await AdvisoryLock.TryTakeAsync(database.Door, "upkeep run since 07:00Z on alpha", Token);

        var (second, holder) = await AdvisoryLock.TryTakeAsync(database.Door, "upkeep run since 08:00Z on beta", Token);
        second.ShouldBeNull();
        holder.ShouldNotBeNull().Label.ShouldBe("upkeep run since 07:00Z on alpha");

        await first.ShouldNotBeNull().DisposeAsync();
        (await AdvisoryLock.TryTakeAsync(database.Door, "third", Token)).Lock.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_lock_whose_session_was_ended_is_known_as_lost_and_taken_again_unless_someone_was_faster()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        var (ours, _) = await AdvisoryLock.TryTakeAsync(database.Door, "ours", Token);
        await using var held = ours.ShouldNotBeNull();
        (await held.IsHeldAsync(Token)).ShouldBeTrue();

        await EndSessionsAsync(database, "ours");
        (await held.IsHeldAsync(Token)).ShouldBeFalse();
        (await held.RetakeAsync(Token)).ShouldBeNull();
        (await held.IsHeldAsync(Token)).ShouldBeTrue();

        await EndSessionsAsync(database, "ours");
        await using var theirs = (await AdvisoryLock.TryTakeAsync(database.Door, "theirs", Token)).Lock.ShouldNotBeNull();
        (await held.RetakeAsync(Token)).ShouldNotBeNull().Label.ShouldBe("theirs");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    // Waits for each session's end: its locks are free then.
    private static Task EndSessionsAsync(TestDatabase database, string label) =>
        database.ExecuteAsync($"select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = {Sql.Literal(label)}", Token);

    private void Leave(RunLockHolder holder) =>
        File.WriteAllText(Path.Combine(_root, "run.lock.json"), JsonSerializer.Serialize(holder, JournalJson.Options));

    private async Task<Process> HoldAsync()
    {
        var host = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Upkeep.CrashHost"), ["hold", _root])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        (await host.StandardOutput.ReadLineAsync(Token)).ShouldBe("held");
        return host;
    }
}
