using Upkeep.Configuration;
using Upkeep.Journal;

namespace Upkeep.Tests.Application;

public sealed class ToolReportTests : IAsyncDisposable
{
    private const string Id = "application.tests";
    private readonly ApplicationBench _bench = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ReportFormat.Junit, """<testsuites><testsuite tests="9"><testcase name="a"/><testcase name="b"><failure/></testcase><testcase name="c"><skipped/></testcase><testcase name="d"/></testsuite></testsuites>""")]
    [InlineData(ReportFormat.Trx, """<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results><UnitTestResult testName="a" outcome="Passed"/><UnitTestResult testName="b" outcome="Failed"/><UnitTestResult testName="c" outcome="NotExecuted"/><UnitTestResult testName="d" outcome="Passed"/></Results></TestRun>""")]
    [InlineData(ReportFormat.Tap, "TAP version 13\n1..4\nok 1 - a\nnot ok 2 - b\n  ---\n  not ok nested\nok 3 - c # SKIP later\nok 4 - d\n")]
    [InlineData(ReportFormat.Vitest, """{"numTotalTests":4,"numPassedTests":2,"numFailedTests":1,"numPendingTests":1,"testResults":[{"assertionResults":[{"status":"failed","fullName":"b"}]}]}""")]
    public async Task Counts_come_from_the_tools_own_report(ReportFormat format, string report)
    {
        _bench.Write("prepared", report);

        var end = await _bench.TestsAsync("cp prepared report.out; exit 1", Token, new ReportSettings { Format = format, Path = "report.out" });

        end.Reason!.ShouldContain("1 failure of 4");
        double Of(string name) => _bench.Harness.Measures(Id).Single(measure => measure.Name == name).Value;
        (Of("tests_passed"), Of("tests_failed"), Of("tests_skipped")).ShouldBe((2, 1, 1));
        _bench.Harness.Findings(Id).Single(finding => finding.Code == "tests-failures").Message.ShouldContain("b");
    }

    [Fact]
    public async Task Linters_count_errors_and_warnings()
    {
        _bench.Write("prepared", """[{"filePath":"/x/a.ts","errorCount":2,"warningCount":1},{"filePath":"/x/b.ts","errorCount":0,"warningCount":4}]""");

        await _bench.RunAsync(_bench.Settings with { Lint = ApplicationBench.Shell("cp prepared lint.json; exit 1", new ReportSettings { Format = ReportFormat.Eslint, Path = "*.json" }) }, "application.lint", Token);

        _bench.Harness.Measures("application.lint").Where(measure => measure.Unit == "count").Select(measure => (measure.Name, measure.Value)).ShouldBe([("files_looked_at", 2), ("errors", 2), ("warnings", 5)]);
    }

    [Theory]
    [InlineData("""<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><testsuites>&a;</testsuites>""")]
    [InlineData("<html>proxy</html>")]
    [InlineData("")]
    public async Task A_report_that_can_not_be_read_is_not_checked_and_the_status_stands(string report)
    {
        _bench.Write("prepared", report);

        var end = await _bench.TestsAsync("cp prepared report.xml", Token, new ReportSettings { Format = ReportFormat.Junit, Path = "report.xml" });

        end.Status.ShouldBe(StepStatus.Attention);
        _bench.Harness.Findings(Id).ShouldHaveSingleItem().Code.ShouldBe("tool-report-not-checked");
    }

    [Fact]
    public async Task An_old_report_does_not_speak_for_this_run_and_a_swallowed_status_is_told()
    {
        const string failing = """<testsuite><testcase name="a"><failure/></testcase></testsuite>""";
        _bench.Write("report.xml", failing);
        var report = new ReportSettings { Format = ReportFormat.Junit, Path = "report.xml" };

        await _bench.TestsAsync("true", Token, report);
        _bench.Harness.Findings(Id).ShouldHaveSingleItem().Message.ShouldContain("wrote no report.xml");

        _bench.Write("prepared", failing);
        await _bench.TestsAsync("cp prepared report.xml; true", Token, report);
        _bench.Harness.Findings(Id).ShouldContain(finding => finding.Code == "tool-report-disagrees");

        _bench.Write("prepared", "<testsuites/>");
        await _bench.TestsAsync("cp prepared report.xml; true", Token, report);
        _bench.Harness.Findings(Id).ShouldContain(finding => finding.Code == "nothing-ran");
    }

    [Fact]
    public async Task A_plan_of_TAP_that_was_not_kept_counts_what_never_ran_as_failed()
    {
        _bench.Write("prepared", "1..5\nok 1\nok 2\n");

        await _bench.TestsAsync("cp prepared t.tap; exit 1", Token, new ReportSettings { Format = ReportFormat.Tap, Path = "t.tap" });

        _bench.Harness.Measures(Id).Single(measure => measure.Name == "tests_failed").Value.ShouldBe(3);
    }

    [Fact]
    public async Task A_hash_in_the_name_of_a_TAP_test_is_no_directive()
    {
        _bench.Write("prepared", "1..6\nok 1 - handles issue \\#12\nnot ok 2 - C# parser\nok 3 - x # time=3ms\nok 4 - y # SKIP no network\nok # skip\nnot ok 6 - z # TODO soon\n");

        await _bench.TestsAsync("cp prepared t.tap; exit 1", Token, new ReportSettings { Format = ReportFormat.Tap, Path = "t.tap" });

        double Of(string name) => _bench.Harness.Measures(Id).Single(measure => measure.Name == name).Value;
        (Of("tests_passed"), Of("tests_failed"), Of("tests_skipped")).ShouldBe((2, 1, 3));
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();
}
