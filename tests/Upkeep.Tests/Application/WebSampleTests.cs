using Upkeep.Application.Copies;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Running;
using Upkeep.Testing;

namespace Upkeep.Tests.Application;

/// <summary>The sample's real front end, with its real tools, on what lies in its folder.</summary>
public sealed class WebSampleTests : IAsyncDisposable
{
    private readonly ApplicationBench _bench = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Types_style_and_tests_of_the_sample_are_checked_on_one_copy_and_its_folder_stays_as_it_is()
    {
        _bench.Source = WebSample.WithPackages();
        var before = ApplicationBench.Picture(_bench.Source);
        var settings = _bench.Settings with
        {
            ReusePackages = true,
            Lint = new CommandSettings { Run = ["npx", "--no-install", "eslint", "--format", "json", "--output-file", "lint.json", "."], Report = new ReportSettings { Format = ReportFormat.Eslint, Path = "lint.json" } },
            Tests = new CommandSettings { Run = ["npx", "--no-install", "vitest", "run", "--reporter=json", "--outputFile=tests.json"], Report = new ReportSettings { Format = ReportFormat.Vitest, Path = "tests.json" } },
        };
        await using var bench = new Workbench(_bench.Configuration(settings));
        var steps = _bench.Steps(bench);
        using var harness = new StepHarness();

        Step[] asked = [.. steps.Where(step => step.Definition.Id is "application.typecheck" or "application.lint" or "application.tests")];
        await harness.RunAsync(Token, asked);

        foreach (var step in asked)
            harness.Facts<StepEnded>(step.Definition.Id).ShouldHaveSingleItem().Status.ShouldBe(StepStatus.Succeeded, harness.Facts<StepEnded>(step.Definition.Id)[0].Reason);
        harness.Measures("application.tests").Single(measure => measure.Name == "tests_passed").Value.ShouldBe(17);
        harness.Measures("application.lint").Single(measure => measure.Name == "files_looked_at").Value.ShouldBeGreaterThan(5);
        ApplicationBench.Picture(_bench.Source).ShouldBe(before);
    }

    [Fact]
    public async Task A_compiler_that_watches_is_found_out()
    {
        _bench.Source = WebSample.WithPackages();
        var settings = _bench.Settings with { ReusePackages = true, Tests = new CommandSettings { Run = ["npx", "--no-install", "tsc", "--noEmit", "--watch", "--preserveWatchOutput"] } };

        var end = await _bench.ImpatientAsync(settings, TimeSpan.FromMilliseconds(500), Token);

        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason!.ShouldContain("hung");
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();
}
