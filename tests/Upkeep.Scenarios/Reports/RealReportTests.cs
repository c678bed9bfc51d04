using System.Text.Json;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Upkeep.Maintenance;
using Upkeep.Scenarios.Demo;

namespace Upkeep.Scenarios.Reports;

/// <summary>The report of a real run of the demo, as a newcomer sees it.</summary>
public sealed class RealReportTests(Browser browser) : IClassFixture<Browser>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_demos_own_report_opens_offline_with_all_steps_and_charts_and_says_what_its_document_says()
    {
        using var demo = DemoProcess.Start("--format", "json");
        var (status, output) = await demo.EndAsync(Token);
        status.ShouldBeOneOf(0, 3);
        var run = JsonDocument.Parse(output).RootElement;
        var folder = Path.Combine(demo.Folder, "maintenance", run.Text("run"));
        JsonElement.DeepEquals(run, JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "run.json"), Token)).RootElement).ShouldBeTrue();
        run.Statuses().Keys.ShouldBe(StepIds.All);

        await using var report = await OpenedReport.OpenFileAsync(browser, Path.Combine(folder, "maintenance-summary.html"));

        report.Complaints.ShouldBeEmpty();
        report.Requests.ShouldHaveSingleItem().ShouldStartWith("file://");
        var (charts, drawn) = await report.ChartsAsync();
        charts.ShouldBeGreaterThan(3);
        drawn.ShouldBe(charts);
        (await report.Page.Locator("article.step").CountAsync()).ShouldBe(StepIds.All.Count);
        var steps = await report.Page.Locator("#steps").InnerTextAsync();
        StepIds.All.ShouldAllBe(id => steps.Contains(id, StringComparison.Ordinal));
        var result = await report.Page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
        result.Violations.Select(violation => $"{violation.Id}: {violation.Help}").ShouldBeEmpty();
    }
}
