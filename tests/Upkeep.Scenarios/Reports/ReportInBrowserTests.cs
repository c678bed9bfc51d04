using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Upkeep.Journal;
using Upkeep.Testing.Reports;

namespace Upkeep.Scenarios.Reports;

/// <summary>A person opens the report from disk, offline.</summary>
public sealed class ReportInBrowserTests(Browser browser) : IClassFixture<Browser>
{
    private const int Phone = 375;

    [Fact]
    public async Task It_opens_without_a_complaint_and_asks_for_nothing_but_itself()
    {
        await using var report = await OpenedReport.OpenAsync(browser, SampleRun.Whole().Entries);

        report.Complaints.ShouldBeEmpty();
        report.Requests.ShouldHaveSingleItem().ShouldStartWith("file://");
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(Phone, ColorScheme.Light)]
    [InlineData(Phone, ColorScheme.Dark)]
    public async Task Everybody_can_read_it(int width, ColorScheme scheme)
    {
        await using var report = await OpenedReport.OpenAsync(browser, SampleRun.Whole().Entries, width, scheme);

        var result = await report.Page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });

        result.Violations.Select(violation => $"{violation.Id}: {violation.Help}: {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(Phone)]
    public async Task Every_chart_is_drawn_and_the_page_never_scrolls_sideways(int width)
    {
        await using var report = await OpenedReport.OpenAsync(browser, SampleRun.Whole().Entries, width);

        var (charts, drawn) = await report.ChartsAsync();
        charts.ShouldBeGreaterThan(5);
        drawn.ShouldBe(charts);
        (await report.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);
    }

    [Fact]
    public async Task On_a_phone_no_table_hides_its_last_columns()
    {
        await using var report = await OpenedReport.OpenAsync(browser, SampleRun.Whole().Entries, Phone);
        await report.Page.EvaluateAsync("document.querySelectorAll('details').forEach(each => each.open = true)");

        (await report.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('.scroll')].filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.ariaLabel)")).ShouldBeEmpty();
        (await report.Page.Locator("td:not([data-label])").CountAsync()).ShouldBe(0);
        (await report.Page.GetByRole(AriaRole.Columnheader).CountAsync()).ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task Text_of_others_stays_text()
    {
        await using var report = await OpenedReport.OpenAsync(browser, SampleRun.Whole().Entries);

        var text = await report.Page.Locator("#attention").InnerTextAsync();

        text.ShouldContain(SampleRun.Script);
        text.ShouldContain(SampleRun.Image);
        text.ShouldContain(SampleRun.Attribute);
        text.ShouldContain("invoice[U+202E]fdp.exe");
        report.Complaints.ShouldBeEmpty();
        (await report.Page.Locator("img, iframe, object, [onmouseover], [onerror]").CountAsync()).ShouldBe(0);
        (await report.Page.Locator("script").CountAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task A_script_that_got_into_the_page_all_the_same_would_not_run()
    {
        await using var report = await OpenedReport.OpenAsync(browser, SampleRun.Whole().Entries);

        await report.Page.EvaluateAsync("document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title = \"taken\"' }))");
        await report.Page.EvaluateAsync("document.body.append(Object.assign(document.createElement('img'), { src: 'https://evil.example/x.png' }))");

        (await report.Page.TitleAsync()).ShouldNotBe("taken");
        report.Complaints.Count(complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task The_button_changes_day_to_night_and_the_charts_with_it()
    {
        await using var report = await OpenedReport.OpenAsync(browser, SampleRun.Whole().Entries);
        var paper = await PaperAsync(report.Page);

        await report.Page.ClickAsync("#theme");

        (await PaperAsync(report.Page)).ShouldNotBe(paper);
        var (charts, drawn) = await report.ChartsAsync();
        drawn.ShouldBe(charts);
    }

    [Fact]
    public async Task It_prints_with_its_charts_and_everything_unfolded_also_at_night()
    {
        await using var report = await OpenedReport.OpenAsync(browser, SampleRun.Whole().Entries, scheme: ColorScheme.Dark);
        await report.Page.EvaluateAsync("addEventListener('beforeprint', () => document.title = document.querySelectorAll('details:not([open])').length + ' folded, ' + document.querySelectorAll('[data-chart] canvas').length + ' charts')");

        var pdf = await report.Page.PdfAsync();

        pdf.AsSpan(0, 5).ToArray().ShouldBe("%PDF-"u8.ToArray());
        var (charts, drawn) = await report.ChartsAsync();
        (await report.Page.TitleAsync()).ShouldBe($"0 folded, {charts} charts");
        drawn.ShouldBe(charts);
        report.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Sizes_over_time_are_a_picture_with_words_and_a_table_beside_it()
    {
        await using var report = await OpenedReport.OpenAsync(browser, SampleRun.Whole().Entries);
        var figure = report.Page.Locator("#step-backups\\.sizes figure");

        (await figure.Locator("canvas").CountAsync()).ShouldBe(1);
        (await figure.Locator("[role=img]").GetAttributeAsync("aria-label")).ShouldNotBeNull().ShouldContain("own backups from 76 MiB on Sunday, 25 October 2026 to 95 MiB on Sunday, 22 November 2026");
        await figure.Locator("summary").ClickAsync();
        (await figure.Locator("tbody tr").CountAsync()).ShouldBe(35);
        (await report.Page.Locator("#step-backups\\.presence ol.days li.bad").InnerTextAsync()).ShouldContain("none");
    }

    [Fact]
    public async Task Without_scripts_every_figure_can_still_be_read()
    {
        await using var report = await OpenedReport.OpenAsync(browser, SampleRun.Whole().Entries, scripts: false);

        var table = await report.Page.Locator("#step-database\\.vacuum table").InnerTextAsync();

        table.ShouldContain("30,822 → 0");
    }

    [Fact]
    public async Task A_run_that_was_cut_off_makes_a_report_too()
    {
        var run = new Journaled().Add(null, Journaled.Started("database.vacuum")).Add("database.vacuum", new StepStarted("Dead rows reclaimed", "change"), new ActIntended());
        await using var report = await OpenedReport.OpenAsync(browser, run.Entries);

        report.Complaints.ShouldBeEmpty();
        (await report.Page.Locator("h1").InnerTextAsync()).ShouldStartWith("Not ended");
    }

    private static Task<string> PaperAsync(IPage page) => page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
}
