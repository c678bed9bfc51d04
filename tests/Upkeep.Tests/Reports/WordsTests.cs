using Upkeep.Reports;

namespace Upkeep.Tests.Reports;

public sealed class WordsTests
{
    [Theory]
    [InlineData(1234567, "rows", "1,234,567")]
    [InlineData(0, "rows", "0")]
    [InlineData(0.25, "count", "0.25")]
    [InlineData(512, "bytes", "512 B")]
    [InlineData(1536, "bytes", "1.5 KiB")]
    [InlineData(603979776, "bytes", "576 MiB")]
    [InlineData(1.256, "ms", "1.26 ms")]
    [InlineData(250, "ms", "250 ms")]
    [InlineData(90, "seconds", "1 min 30 s")]
    [InlineData(7260, "seconds", "2 h 1 min")]
    [InlineData(0.0123, "share", "1.23 %")]
    public void A_figure_reads_in_its_unit(double value, string unit, string expected) => Words.Figure(value, unit).ShouldBe(expected);

    [Theory]
    [InlineData(100, 2, "−98 %")]
    [InlineData(100, 104.5, "+4.5 %")]
    [InlineData(2, 50, "×25")]
    [InlineData(100, 100.01, "")]
    [InlineData(0, 5, "")]
    [InlineData(7, 7, "")]
    public void A_change_reads_as_a_share_where_that_says_something(double before, double after, string expected) => Words.Change(before, after).ShouldBe(expected);

    [Fact]
    public void An_unknown_side_is_no_change() => Words.Change(null, 5).ShouldBe("");

    [Theory]
    [InlineData("plain é 漢", "plain é 漢")]
    [InlineData("a\nb\tc", "a b c")]
    [InlineData("\u001b[31mred", "␛[31mred")]
    [InlineData("\0", "␀")]
    [InlineData("abc\u202Edef", "abc[U+202E]def")]
    [InlineData("zero\u200Bwidth", "zero[U+200B]width")]
    public void Nothing_invisible_stays_in_shown_text(string text, string expected) => SafeText.Line(text).ShouldBe(expected);

    [Fact]
    public void A_very_long_text_is_cut_and_says_so() =>
        SafeText.Line(new string('x', 5000), 100).ShouldBe(new string('x', 100) + "… (4,900 more characters in run.json)");
}
