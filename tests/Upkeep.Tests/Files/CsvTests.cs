using Upkeep.Files;

namespace Upkeep.Tests.Files;

public sealed class CsvTests
{
    [Fact]
    public void Commas_quotes_and_line_ends_are_quoted_after_rfc_4180()
    {
        var csv = new Csv("a", "b,c");
        csv.Row("say \"hi\"", "two\r\nlines");
        csv.Row(1.5, null);

        csv.ToString().ShouldBe("a,\"b,c\"\r\n\"say \"\"hi\"\"\",\"two\r\nlines\"\r\n1.5,\r\n");
    }

    [Theory]
    [InlineData("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(1)", "'@SUM(1)")]
    [InlineData("\tx", "'\tx")]
    [InlineData("plain=", "plain=")]
    public void Text_that_a_spreadsheet_would_run_is_made_harmless(string name, string field)
    {
        var csv = new Csv("name");
        csv.Row(name);

        csv.ToString().ShouldBe($"name\r\n{field}\r\n");
    }

    [Fact]
    public void A_negative_number_stays_a_number()
    {
        var csv = new Csv("change");
        csv.Row(-3L);

        csv.ToString().ShouldBe("change\r\n-3\r\n");
    }
}
