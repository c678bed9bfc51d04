using System.Text.Json;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Testing;

namespace Upkeep.Tests.Backups.Restoring;

public sealed class RestoreTestStepTests(PostgresServer server)
{
    private const string Id = "backups.restore-test";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_newest_backup_is_restored_beside_proven_row_for_row_and_the_proof_stays_with_it()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        await test.BackupAsync("older");
        await test.Database.ExecuteAsync("insert into venues values (1000, 'one more')", Token);
        await test.BackupAsync();

        var end = await test.Harness.RunAsync(Token, test.Step);

        // The constraint that the source never checked is told, and is no fault of the backup.
        end.Status.ShouldBe(StepStatus.Attention, end.Reason);
        test.Harness.Findings(Id).Single(finding => finding.Severity == Severity.Warning).Message.ShouldContain("named of public.venues is NOT VALID");
        test.Harness.Findings(Id).Single(finding => finding.Severity == Severity.Info).Message.ShouldContain("public.seen");
        end.Summary.ShouldContain($"{RestoreCase.Name} restored in");
        var proof = (await test.Store.ReadProofAsync(RestoreCase.Name, Token))!;
        proof.Holds.ShouldBeTrue();
        (proof.Tables, proof.Rows).ShouldBe((3, 3203));
        proof.Phases.Select(phase => phase.Name).ShouldBe(["server made and started", "rows, indexes and constraints", "rows and content compared",
            "indexes and heaps checked", "constraints checked", "the application's questions"]);
        (await test.Store.ReadProofAsync("older", Token)).ShouldBeNull();
        test.Harness.Measures(Id).Single(measure => measure.Name == "recovery_seconds").Value.ShouldBeGreaterThan(0);
        var csv = await File.ReadAllTextAsync(Path.Combine(test.Harness.Folder, "backups/restore-test.csv"), Token);
        csv.ShouldContain("public,venues,201,201,");
        csv.ShouldNotContain("false");
        JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(test.Harness.Folder, "backups/restore-test.json"), Token)).RootElement.GetProperty("backup").GetString().ShouldBe(RestoreCase.Name);
    }

    [Fact]
    public async Task The_copy_waits_on_the_shelf_for_the_rehearsal_and_goes_with_it()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        await test.BackupAsync();

        await test.Harness.RunAsync(Token, test.Step);

        await using (var copy = (await test.Shelf.TakeAsync(RestoreCase.Name)).ShouldNotBeNull())
            (await copy.Door.ScalarAsync<long>("select count(*) from public.events", Token)).ShouldBe(3000);
        test.NothingShouldBeLeft();
    }

    [Fact]
    public async Task A_plan_says_what_would_be_restored_and_restores_nothing()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        await test.BackupAsync();
        Directory.Delete(test.Harness.Folder);

        var end = await test.Harness.RunAsync(dryRun: true, Token, test.Step);

        end.Summary.ShouldContain($"would restore {RestoreCase.Name}");
        Directory.Exists(test.Scratch).ShouldBeFalse();
        (await test.Store.ReadProofAsync(RestoreCase.Name, Token)).ShouldBeNull();
        Directory.CreateDirectory(test.Harness.Folder);
    }

    [Fact]
    public async Task The_applications_own_questions_are_asked_of_the_copy()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        test.Configuration = test.Configuration with
        {
            Backup = test.Configuration.Backup with
            {
                Restore = test.Configuration.Backup.Restore with
                {
                    Probes =
                    [
                        new RestoreProbe { Name = "events", Query = "select count(*) from events", AtLeast = 3000 },
                        new RestoreProbe { Name = "venues", Query = "select count(*) from venues", AtLeast = 201 },
                        new RestoreProbe { Name = "writes", Query = "insert into venues values (0, '') returning 1" },
                    ],
                },
            },
        };
        await test.BackupAsync();

        var end = await test.Harness.RunAsync(Token, test.Step);

        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason!.ShouldContain("'venues' is answered with 200 where at least 201 is expected");
        end.Reason!.ShouldContain("'writes' has no answer: 25006");
        end.Reason!.ShouldNotContain("'events'");
        (await test.Store.ReadProofAsync(RestoreCase.Name, Token))!.Holds.ShouldBeFalse();
    }

    [Fact]
    public async Task Without_a_backup_there_is_nothing_to_prove_and_it_is_told_as_not_checked()
    {
        await using var test = await RestoreCase.CreateAsync(server, "select 1");

        var end = await test.Harness.RunAsync(Token, test.Step);

        end.Status.ShouldBe(StepStatus.Skipped);
        end.Hint.ShouldBe("Take one: upkeep backup create");
    }

    [Fact]
    public async Task A_stop_ends_the_restore_leaves_nothing_and_the_next_run_makes_it_anew()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        await test.BackupAsync();
        using var watch = new Timer(_ =>
        {
            if (Directory.Exists(Path.Combine(test.Scratch)) && Directory.GetDirectories(test.Scratch).Length > 0)
                test.Harness.Stop.Request("SIGTERM received");
        }, null, 0, 10);

        var end = await test.Harness.RunAsync(Token, test.Step);

        await watch.DisposeAsync();
        end.Status.ShouldBe(StepStatus.Deferred);
        end.Reason.ShouldBe("SIGTERM received");
        test.NothingShouldBeLeft();
        test.Harness.Stop = new();
        (await test.Harness.RunAsync(Token, test.Step)).Status.ShouldBe(StepStatus.Attention);
    }
}
