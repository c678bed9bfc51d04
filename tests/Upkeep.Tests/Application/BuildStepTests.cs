using Upkeep.Application.Build;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Testing;

namespace Upkeep.Tests.Application;

public sealed class BuildStepTests : IAsyncDisposable
{
    private const string Id = "application.build";
    private readonly ApplicationBench _bench = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("assets/index-BdFYrBCP.js", "assets/index.js")]
    [InlineData("assets/index-4C0DNe-5.css", "assets/index.css")]
    [InlineData("main.3f2a9b1c4d5e.css", "main.css")]
    [InlineData("chunk-5FKJ2Q7A.js", "chunk.js")]
    [InlineData("a/logo.0a1b2c3d4e5f60718293.svg", "a/logo.svg")]
    [InlineData("app-vendored.js", "app-vendored.js")]
    [InlineData("jquery.controls.min.js", "jquery.controls.min.js")]
    [InlineData("index.html", "index.html")]
    public void A_content_hash_is_taken_out_of_a_name_and_a_word_is_not(string path, string name) => AssetName.Of(path).ShouldBe(name);

    [Fact]
    public async Task Assets_are_weighed_and_compared_with_last_week()
    {
        _bench.Write("dist/old-12345678.js", "left from before");
        var end = await BuildAsync("mkdir -p dist/assets; seq 1 2000 > dist/assets/index-AAAA1111.js; echo x > dist/assets/index-AAAA1111.js.map; echo hello > dist/index.html");

        end.Status.ShouldBe(StepStatus.Succeeded);
        Bytes("asset_raw", "assets/index.js").ShouldBe((null, 8893));
        Bytes("asset_gzip", "assets/index.js").After!.Value.ShouldBeLessThan(5000);
        Bytes("asset_brotli", "all assets").After!.Value.ShouldBeLessThan(Bytes("asset_gzip", "all assets").After!.Value);
        _bench.Harness.Measures(Id).Where(measure => measure.Name == "asset_raw").Select(measure => measure.Subject).ShouldBe(["all assets", "assets/index.js", "index.html"], ignoreOrder: true);

        _bench.Built = new BuildPast(Survey(), []);
        await BuildAsync("mkdir -p dist/assets; seq 1 4000 > dist/assets/index-BBBB2222.js");
        Bytes("asset_raw", "assets/index.js").ShouldBe((8893, 18893));
        _bench.Harness.Findings(Id).ShouldHaveSingleItem().Code.ShouldBe("build-grew");
    }

    [Fact]
    public async Task Budgets_are_kept_or_said_to_be_broken()
    {
        BudgetSettings[] budgets = [new() { Assets = "*.js", Raw = 1000 }, new() { Assets = "*.css", Gzip = 10 }, new() { Assets = "*.html", Brotli = 1000 }];

        await BuildAsync("mkdir dist; seq 1 2000 > dist/a.js; echo h > dist/a.html", budgets);

        _bench.Harness.Findings(Id).Select(finding => (finding.Code, finding.Subject)).ShouldBe([("budget-exceeded", "*.js"), ("budget-not-checked", "*.css")]);
    }

    [Fact]
    public async Task A_build_that_fails_is_not_weighed_and_one_that_writes_elsewhere_is_told()
    {
        (await BuildAsync("mkdir dist; echo a > dist/a.js; exit 2")).Status.ShouldBe(StepStatus.Failed);
        _bench.Harness.Measures(Id).ShouldNotContain(measure => measure.Name == "asset_raw");

        await BuildAsync("mkdir other; echo a > other/a.js");
        _bench.Harness.Findings(Id).ShouldHaveSingleItem().Code.ShouldBe("build-size-not-checked");
    }

    [Fact]
    public async Task The_sample_is_built()
    {
        _bench.Source = WebSample.WithPackages();

        var end = await _bench.RunAsync(_bench.Settings with { ReusePackages = true }, Id, Token);

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        Bytes("asset_raw", "assets/index.js").After!.Value.ShouldBeGreaterThan(1000);
        Directory.Exists(Path.Combine(_bench.Source, "dist")).ShouldBeFalse();
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    private Task<StepEnded> BuildAsync(string script, IReadOnlyList<BudgetSettings>? budgets = null) =>
        _bench.RunAsync(_bench.Settings with { Build = new BuildSettings { Command = ApplicationBench.Shell(script), Budgets = budgets ?? [] } }, Id, Token);

    private BuildSurvey Survey() => JournalJson.FromElement<BuildSurvey>(_bench.Harness.Facts<StepSurveyed>(Id)[^1].Survey);

    private (double? Before, double? After) Bytes(string name, string subject)
    {
        var measures = _bench.Harness.Measures(Id).Where(measure => measure.Name == name && measure.Subject == subject).ToList();
        return (measures.SingleOrDefault(measure => measure.Look == Look.Before)?.Value, measures.SingleOrDefault(measure => measure.Look == Look.After)?.Value);
    }
}
