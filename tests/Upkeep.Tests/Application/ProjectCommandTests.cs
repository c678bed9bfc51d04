using Upkeep.Application.Checks;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Redaction;
using Upkeep.Testing;

namespace Upkeep.Tests.Application;

public sealed class ProjectCommandTests : IAsyncDisposable
{
    private const string Id = "application.tests";
    private readonly ApplicationBench _bench = new() { Redactor = new Redactor(["hunter2secret"]) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_check_passes_or_fails_as_its_command_exited()
    {
        (await _bench.TestsAsync("echo fine", Token)).Status.ShouldBe(StepStatus.Succeeded);

        var failed = await _bench.TestsAsync("echo '12 tests passed, all is well'; exit 1", Token);

        failed.Status.ShouldBe(StepStatus.Failed);
        failed.Reason!.ShouldContain("ended with status 1");
        failed.Reason!.ShouldContain("all is well");
    }

    [Fact]
    public async Task A_project_whose_manifest_can_not_be_read_is_told_though_the_others_pass()
    {
        _bench.Write("web/package.json", "{ not json");

        (await _bench.TestsAsync("exit 0", Token)).Status.ShouldBe(StepStatus.Attention);

        _bench.Harness.Findings(Id).ShouldHaveSingleItem().ShouldSatisfyAllConditions(it => it.Code.ShouldBe("manifest-unreadable"), it => it.Message.ShouldContain("web/package.json:1"));
    }

    [Fact]
    public async Task Nothing_is_written_into_the_source_folder_and_nothing_is_left_of_the_copy()
    {
        _bench.Write("src/a.txt", "a");
        File.CreateSymbolicLink(Path.Combine(_bench.Source, "inside"), "src/a.txt");
        File.CreateSymbolicLink(Path.Combine(_bench.Source, "outside"), _bench.Source);
        var before = ApplicationBench.Picture(_bench.Source);

        var end = await _bench.TestsAsync("echo b > src/a.txt; echo c > new; echo d > inside; mkdir -p made/deep; echo e > made/deep/f; chmod 500 made/deep; [ ! -e outside ]", Token);

        end.Status.ShouldBe(StepStatus.Succeeded);
        ApplicationBench.Picture(_bench.Source).ShouldBe(before);
        Directory.GetDirectories(_bench.Work, "copy-*").ShouldBeEmpty();
        _bench.Harness.Findings(Id).ShouldHaveSingleItem().Code.ShouldBe("application-copy-incomplete");
    }

    [Fact]
    public async Task A_command_learns_nothing_that_upkeep_knows_and_gets_no_input()
    {
        Environment.SetEnvironmentVariable("UPKEEP_TEST_ADDRESS", "postgres://user@production/live");
        _bench.Write(".env", "A=b");
        _bench.Write(".env.example", "A=");

        var end = await _bench.TestsAsync("""[ "$CI" = true ] && [ -z "$UPKEEP_TEST_ADDRESS" ] && [ ! -e .env ] && [ -e .env.example ] && ! read line""", Token);

        end.Status.ShouldBe(StepStatus.Succeeded);
        (await _bench.RunAsync(_bench.Settings with { Tests = ApplicationBench.Shell("[ -n \"$UPKEEP_TEST_ADDRESS\" ]"), Pass = ["UPKEEP_TEST_*"] }, Id, Token)).Status.ShouldBe(StepStatus.Succeeded);
    }

    [Fact]
    public async Task The_evidence_is_beginning_and_end_of_the_output_without_secrets()
    {
        var end = await _bench.TestsAsync("""echo first; printf '\033[31mred\033[0m\n'; seq 1 200000; echo hunter2secret; echo "API_KEY=abcdef0123456789"; echo last; exit 1""", Token);

        var text = await File.ReadAllTextAsync(Path.Combine(_bench.Harness.Folder, "application/tests.txt"), Token);
        text.ShouldContain("first\nred\n1\n2\n");
        text.ShouldContain("left out");
        text.ShouldContain("last\n");
        text.Length.ShouldBeLessThan(140_000);
        foreach (var said in new[] { text, end.Reason! })
        {
            said.ShouldNotContain("hunter2secret");
            said.ShouldNotContain("abcdef0123456789");
        }
    }

    [Fact]
    public async Task A_test_runner_that_watches_is_stopped_and_said_to_have_hung_with_the_way_out()
    {
        var end = await _bench.ImpatientAsync(_bench.Settings with { Tests = ApplicationBench.Shell("trap '' TERM; echo ' PASS  Waiting for file changes...'; while :; do sleep 1; done") }, TimeSpan.FromMilliseconds(300), Token);

        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason!.ShouldContain("hung");
        end.Hint!.ShouldContain("vitest run");
        _bench.Harness.Findings(Id).ShouldContain(finding => finding.Code == "command-hung");
    }

    [Fact]
    public async Task A_command_is_stopped_at_its_deadline()
    {
        var end = await _bench.RunAsync(_bench.Settings with { Tests = ApplicationBench.Shell("echo busy; while :; do sleep 1; done") with { Deadline = TimeSpan.FromMilliseconds(600) } }, Id, Token);

        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason!.ShouldContain("still running after 600 ms");
    }

    [Fact]
    public async Task A_command_that_fills_the_disk_is_stopped_before_it_does()
    {
        await using var disk = await SmallDisk.MountAsync(_bench.Work, "64m", Token);

        var end = await _bench.RunAsync(_bench.Settings with { MinFree = 16 << 20, Tests = ApplicationBench.Shell("while :; do head -c 1M /dev/zero >> filler; sleep 0.01; done") }, Id, Token);

        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason!.ShouldContain("fill the disk");
        _bench.Harness.Findings(Id).ShouldContain(finding => finding.Code == "command-fills-disk" && finding.Severity == Severity.Critical);
    }

    [Fact]
    public async Task What_is_not_configured_and_not_found_is_not_checked()
    {
        var nothing = await _bench.RunAsync(_bench.Settings, Id, Token);
        nothing.Status.ShouldBe(StepStatus.Skipped);
        nothing.Reason!.ShouldContain("no command is configured");
        (await _bench.RunAsync(new ApplicationSettings(), Id, Token)).Reason.ShouldBe("no source folder is configured");
        (await _bench.RunAsync(_bench.Settings with { Folder = "/no/such/folder" }, Id, Token)).Status.ShouldBe(StepStatus.Skipped);
        (await _bench.RunAsync(_bench.Settings with { Tests = new CommandSettings { Run = ["no-such-test-runner"] } }, Id, Token)).Reason!.ShouldContain("no-such-test-runner");
        _bench.Write("package.json", """{ "scripts": { "test": "echo \"Error: no test specified\" && exit 1" } }""");
        (await _bench.RunAsync(_bench.Settings, Id, Token)).Status.ShouldBe(StepStatus.Skipped);
        _bench.Write("package.json", "{\n  \"scripts\": {\n    \"test\" \"vitest\"\n  }\n}");
        (await _bench.RunAsync(_bench.Settings, Id, Token)).Reason!.ShouldContain("package.json can't be read");
    }

    [Fact]
    public async Task A_plan_runs_no_command_and_says_what_a_run_would()
    {
        using var harness = new StepHarness();
        Directory.Delete(harness.Folder);
        await using var bench = new Upkeep.Application.Copies.Workbench(_bench.Configuration(_bench.Settings with { Tests = ApplicationBench.Shell("touch /tmp/never") }));

        var end = await harness.RunAsync(dryRun: true, Token, _bench.Steps(bench).Single(step => step.Definition.Id == Id));

        end.Summary.ShouldStartWith("would run sh -c touch /tmp/never");
        Directory.Exists(_bench.Work).ShouldBeFalse();
    }

    [Fact]
    public async Task A_stop_of_the_run_ends_the_command_and_defers_the_step()
    {
        var running = _bench.TestsAsync("while :; do sleep 1; done", Token);
        while (!Directory.Exists(_bench.Work) || !Directory.EnumerateDirectories(_bench.Work, "copy-*").Any())
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        _bench.Harness.Stop.Request("the window is over");

        (await running).Status.ShouldBe(StepStatus.Deferred);
    }

    [Fact]
    public async Task The_copy_of_a_run_that_was_killed_is_removed_by_the_next()
    {
        var left = Path.Combine(_bench.Work, "copy-999999-1");
        Directory.CreateDirectory(Path.Combine(left, "source"));

        await _bench.TestsAsync("true", Token);

        Directory.Exists(left).ShouldBeFalse();
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();
}
