using CsCheck;
using Upkeep.Reports;
using Upkeep.Reports.Markdown;
using Upkeep.Testing.Reports;

namespace Upkeep.Tests.Reports;

public sealed class MarkdownTests
{
    [Theory]
    [InlineData("public.user_sessions", "public.user_sessions")]
    [InlineData("a | b", "a \\| b")]
    [InlineData("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>")]
    [InlineData("`rm -rf`", "\\`rm -rf\\`")]
    [InlineData("[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))")]
    [InlineData("https://evil.example", "https\\://evil.example")]
    [InlineData("**bold** _em_ ~~no~~", "\\*\\*bold\\*\\* \\_em\\_ \\~\\~no\\~\\~")]
    [InlineData("# heading", "\\# heading")]
    [InlineData("1. list", "1\\. list")]
    [InlineData("2) list", "2\\) list")]
    [InlineData("- item", "\\- item")]
    [InlineData("9.5 % free", "9\\.5 % free")]
    [InlineData("back\\slash &amp; $x$", "back\\\\slash \\&amp; \\$x\\$")]
    [InlineData("two\nlines", "two lines")]
    public void Text_stays_text(string text, string expected) => MarkdownText.Of(text).ShouldBe(expected);

    [Fact]
    public void Whatever_the_text_no_markup_of_it_is_left_unescaped() =>
        AnyFacts.Text.Sample(text =>
        {
            var markdown = MarkdownText.Of(text);
            for (var at = 0; at < markdown.Length; at++)
            {
                if (markdown[at] == '\\')
                    at++;
                else
                    "`*[]<>|~#".ShouldNotContain(markdown[at].ToString());
            }
        }, iter: 5000);

    [Fact]
    public void The_report_has_every_part_in_order()
    {
        var report = MarkdownReport.Render(ReportModel.From(SampleRun.Whole().Entries));

        var headings = report.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal)).ToList();
        headings.ShouldBe(["## Executive summary", "## Not checked, not done", "## Activities", "## Before and after", "## Issues", "## Backup status", "## Recommendations", "## Sign-off"]);
        report.ShouldContain("| Dead rows reclaimed (database.vacuum) | **attention** |");
        report.ShouldContain("| public.events | 30,822 → 0 (−100 %) |");
        report.ShouldContain("| Planner statistics refreshed (database.analyze) | **failed** | not proven: public.events was last analyzed before this step began |");
        report.ShouldContain("- **Restore test**: Not checked in this run");
        report.ShouldContain("| Database administrator | | | |");
    }

    [Fact]
    public void Every_row_of_every_table_has_its_header_s_columns_whatever_the_texts() =>
        AnyFacts.Entries.Sample(entries =>
        {
            var columns = 0;
            foreach (var line in MarkdownReport.Render(ReportModel.From(entries)).Split('\n'))
            {
                var bars = line.StartsWith('|') ? Bars(line) : 0;
                if (columns != 0 && bars != 0)
                    bars.ShouldBe(columns, line);
                columns = bars;
            }
        }, iter: 500);

    // A bar counts as a cell's border unless it is escaped; a backslash that is itself escaped escapes nothing.
    private static int Bars(string line)
    {
        var bars = 0;
        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] == '\\')
                at++;
            else if (line[at] == '|')
                bars++;
        }
        return bars;
    }
}
