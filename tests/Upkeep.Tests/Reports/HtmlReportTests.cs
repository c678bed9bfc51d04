using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Upkeep.Journal;
using Upkeep.Reports;
using Upkeep.Reports.Html;
using Upkeep.Testing.Reports;

namespace Upkeep.Tests.Reports;

/// <summary>What a reader of the file's text can tell; the browser's own view is in Upkeep.Scenarios.</summary>
public sealed partial class HtmlReportTests
{
    private static Task<string> RenderAsync(IReadOnlyList<JournalEntry> entries) => HtmlReport.RenderAsync(ReportModel.From(entries));

    [Fact]
    public async Task The_policy_allows_exactly_the_inlined_script_and_style()
    {
        var html = await RenderAsync(SampleRun.Whole().Entries);

        var policy = System.Net.WebUtility.HtmlDecode(Policy().Match(html).Groups[1].Value);
        policy.ShouldStartWith("default-src 'none'");
        foreach (Match inlined in Inlined().Matches(html))
            policy.ShouldContain($"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(inlined.Groups[1].Value)))}'");
        Inlined().Count(html).ShouldBe(3);
        html.ShouldNotContain("style=\"");
        html.ShouldNotContain("http-equiv=\"refresh\"");
    }

    [Fact]
    public async Task A_report_is_small_enough_for_a_mail() => (await RenderAsync(SampleRun.Whole().Entries)).Length.ShouldBeLessThan(250_000);

    [Fact]
    public async Task A_run_over_five_thousand_tables_still_makes_a_small_report()
    {
        var run = new Journaled().Add(null, Journaled.Started("preparation.baseline")).Add("preparation.baseline", new StepStarted("B", "inspect"));
        for (var table = 0; table < 5000; table++)
            run.Add("preparation.baseline", Journaled.Figure("rows", table, $"public.t{table}"), Journaled.Figure("bytes", table, $"public.t{table}", unit: "bytes"));

        (await RenderAsync(run.Entries)).Length.ShouldBeLessThan(150_000);
    }

    [Fact]
    public async Task The_chart_library_is_the_released_one()
    {
        var html = await RenderAsync(SampleRun.Whole().Entries);

        html.ShouldContain("uPlot (v1.6.32)");
        html.ShouldContain("Permission is hereby granted, free of charge");
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("Reports/Html/vendor/uplot-1.6.32/uPlot.iife.min.js")!;
        Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, TestContext.Current.CancellationToken))
            .ShouldBe("19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f");
    }

    [Fact]
    public async Task What_was_not_checked_stands_before_the_steps()
    {
        var html = await RenderAsync(SampleRun.Whole().Entries);

        html.IndexOf("id=\"not-checked\"", StringComparison.Ordinal).ShouldBeLessThan(html.IndexOf("id=\"steps\"", StringComparison.Ordinal));
        html.ShouldContain("the run starts though critical alerts may be open");
    }

    [Fact]
    public async Task A_file_outside_of_the_runs_folder_is_named_and_not_linked()
    {
        var run = new Journaled().Add(null, Journaled.Started("a.one")).Add("a.one", new StepStarted("One", "inspect"),
            new ArtifactWritten(new Artifact("../../etc/passwd", "text/plain", "00", 1)), new ArtifactWritten(new Artifact("a/javascript:alert(1)", "text/plain", "00", 1)), Journaled.Ended());

        var html = await RenderAsync(run.Entries);

        html.ShouldContain("../../etc/passwd");
        html.ShouldNotContain("href=\"../");
        html.ShouldContain("href=\"./a/javascript%3Aalert%281%29\"");
    }

    [Fact]
    public Task No_journal_breaks_the_page_or_gets_markup_into_it() =>
        AnyFacts.Entries.SampleAsync(async entries => (await RenderAsync(entries)).ShouldNotContain("<script>alert"), iter: 200);

    [GeneratedRegex("""http-equiv="Content-Security-Policy" content="([^"]*)""")]
    private static partial Regex Policy();

    [GeneratedRegex("<(?:style|script)>(.*?)</(?:style|script)>", RegexOptions.Singleline)]
    private static partial Regex Inlined();
}
