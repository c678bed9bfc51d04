using System.Text.Json;

namespace Upkeep.Scenarios.Demo;

public sealed class DemoTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_demo_answers_with_one_document_and_leaves_nothing_but_its_reports()
    {
        using var demo = DemoProcess.Start("--format", "json");

        var (status, output) = await demo.EndAsync(Token);

        using var document = JsonDocument.Parse(output);
        var run = document.RootElement.GetProperty("run").GetString()!;
        document.RootElement.GetProperty("status").GetString().ShouldBe(status == 3 ? "attention" : "succeeded");
        status.ShouldBeOneOf(0, 3);
        Rows(document, "database.retention").ShouldBeGreaterThan(0);
        Directory.GetFiles(Path.Combine(demo.Folder, "maintenance", run)).Select(Path.GetFileName)
            .ShouldBe(["maintenance-summary.html", "run.json", "weekly-maintenance-report.md"], ignoreOrder: true);
        Directory.Exists(Path.Combine(demo.Folder, "cluster")).ShouldBeFalse();
        demo.Processes().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Starting a throw-away PostgreSQL")]
    [InlineData("Filling it with")]
    [InlineData("The site answers")]
    [InlineData("database.retention")]
    public async Task A_demo_that_is_killed_leaves_no_server_no_site_and_no_cluster(string moment)
    {
        using var demo = DemoProcess.Start();

        await demo.KillAtAsync(moment, Token);

        // The janitor needs a moment; what never goes ends in the test's own time-out.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (demo.Processes().Count > 0 || Directory.Exists(Path.Combine(demo.Folder, "cluster")))
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
        demo.Processes().ShouldBeEmpty();
    }

    private static double Rows(JsonDocument document, string step) =>
        document.RootElement.GetProperty("steps").EnumerateArray().Single(each => each.GetProperty("id").GetString() == step)
            .GetProperty("measures").EnumerateArray()
            .Where(measure => measure.GetProperty("unit").GetString() == "rows")
            .SelectMany(measure => new[] { "before", "after" }.Where(look => measure.TryGetProperty(look, out var value) && value.ValueKind == JsonValueKind.Number).Select(look => measure.GetProperty(look).GetDouble()))
            .Sum();
}
