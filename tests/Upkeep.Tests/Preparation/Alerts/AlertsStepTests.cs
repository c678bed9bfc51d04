using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Upkeep.Configuration;
using Upkeep.Http;
using Upkeep.Journal;
using Upkeep.Preparation.Alerts;
using Upkeep.Redaction;
using Upkeep.Testing;

namespace Upkeep.Tests.Preparation.Alerts;

public sealed class AlertsStepTests : IDisposable
{
    private const string Id = "preparation.alerts";
    private const string Critical =
        """
        [{"labels":{"alertname":"DiskFull","severity":"critical","instance":"db1"},"annotations":{"summary":"2 % free, token=abcdef"},"startsAt":"2026-11-22T05:00:00Z","status":{"state":"active"}},
         {"labels":{"alertname":"Slow","severity":"warning"},"annotations":{},"startsAt":"2026-11-22T05:00:00Z","status":{"state":"active"}}]
        """;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 6, 30, 0, TimeSpan.Zero));
    private readonly StepHarness _harness = new();
    private readonly HttpDoor _http = new(Redactor.None, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _harness.Dispose();
        _http.Dispose();
    }

    [Fact]
    public async Task Without_a_log_and_without_an_alertmanager_nothing_was_checked()
    {
        var end = await RunAsync(new LogSettings(), new AlertSettings());

        end.Status.ShouldBe(StepStatus.Skipped);
        end.Reason.ShouldBe("log: no logs.application is configured; alerts: no alerts.alertmanager is configured");
    }

    [Fact]
    public async Task A_quiet_log_is_a_go()
    {
        await LogAsync("2026-11-22 01:00:00 INFO no critical issues\n");

        var end = await RunAsync(Logs, new AlertSettings());

        end.Status.ShouldBe(StepStatus.Succeeded);
        end.Summary.ShouldBe("0 errors and 0 criticals in 1 line of today; alerts not checked");
        _harness.Facts<ArtifactWritten>(Id).Select(fact => fact.Artifact.Path).ShouldBe(["preparation/alerts.json", "preparation/alerts-by-hour.csv"]);
    }

    [Fact]
    public async Task A_critical_line_of_today_is_a_no_go_with_the_file_named()
    {
        await LogAsync("2026-11-22 01:00:00 CRITICAL disk full\n2026-11-22 01:00:00 ERROR x\n");

        var end = await RunAsync(Logs, new AlertSettings());

        end.Status.ShouldBe(StepStatus.Refused);
        end.Reason.ShouldBe($"1 critical line in today's log {Path.Combine(_harness.Root, "app-2026-11-22.log")}, 0 are allowed");
        _harness.Findings(Id).Select(finding => finding.Code).ShouldBe(["critical-lines", "error-lines", "alerts-not-checked"]);
    }

    [Fact]
    public async Task An_open_critical_alert_is_a_no_go()
    {
        string? asked = null;
        await using var manager = await TestSite.StartAsync(answer => { asked = answer.Request.Path + answer.Request.QueryString; return answer.Response.WriteAsync(Critical); }, Token);

        var end = await RunAsync(new LogSettings(), new AlertSettings { Alertmanager = manager.Url });

        asked.ShouldBe("/api/v2/alerts?active=true&silenced=false&inhibited=false&unprocessed=false");
        end.Status.ShouldBe(StepStatus.Refused);
        end.Reason.ShouldBe("1 critical alert is open: DiskFull (db1)");
        _harness.Findings(Id).Single(finding => finding.Severity == Severity.Critical).Message.ShouldContain("2 % free, token=*****");
    }

    [Fact]
    public async Task Allowed_criticals_let_the_run_go_on_and_are_told()
    {
        await using var manager = await TestSite.StartAsync(answer => answer.Response.WriteAsync(Critical), Token);

        var end = await RunAsync(new LogSettings(), new AlertSettings { Alertmanager = manager.Url, AllowCritical = true });

        end.Status.ShouldBe(StepStatus.Attention);
        _harness.Findings(Id).ShouldContain(finding => finding.Code == "criticals-allowed");
    }

    [Theory]
    [InlineData("<html>not me</html>", "does not answer as an Alertmanager does")]
    [InlineData("{}", "does not answer as an Alertmanager does")]
    [InlineData(null, "refused the connection")]
    public async Task An_alertmanager_that_gives_no_answer_needs_a_person_and_is_never_zero_alerts(string? answer, string why)
    {
        await LogAsync("");
        await using var manager = await TestSite.StartAsync(context => context.Response.WriteAsync(answer!), Token);

        var end = await RunAsync(Logs, new AlertSettings { Alertmanager = answer is null ? new Uri("http://127.0.0.1:1/") : manager.Url });

        end.Status.ShouldBe(StepStatus.Attention);
        _harness.Findings(Id).Single(finding => finding.Code == "alerts-not-checked").Message.ShouldContain(why);
        _harness.Measures(Id).ShouldNotContain(measure => measure.Name == "alerts_firing");
    }

    [Fact]
    public async Task A_missing_log_is_not_checked_beside_the_alerts_that_are()
    {
        await using var manager = await TestSite.StartAsync(answer => answer.Response.WriteAsync("[]"), Token);

        var end = await RunAsync(Logs, new AlertSettings { Alertmanager = manager.Url });

        end.Status.ShouldBe(StepStatus.Succeeded);
        end.Summary.ShouldBe("log not checked; 0 alerts firing");
        _harness.Findings(Id).Single().Message.ShouldContain("app-2026-11-22.log");
    }

    private LogSettings Logs => new() { Application = Path.Combine(_harness.Root, "app-{date}.log") };

    private Task LogAsync(string text) => File.WriteAllTextAsync(Path.Combine(_harness.Root, "app-2026-11-22.log"), text, Token);

    private Task<StepEnded> RunAsync(LogSettings logs, AlertSettings alerts) => _harness.RunAsync(Token, new AlertsStep(new UpkeepConfiguration
    {
        Platform = "Test",
        Database = new DatabaseSettings { ConnectionString = "" },
        Logs = logs,
        Alerts = alerts,
        Window = new WindowSettings { TimeZone = "America/Toronto" },
    }, _http, Redactor.None, _time));
}
