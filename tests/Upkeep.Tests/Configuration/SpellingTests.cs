using CsCheck;
using Upkeep.Configuration;

namespace Upkeep.Tests.Configuration;

public sealed class SpellingTests
{
    [Fact]
    public void A_written_duration_reads_back_as_the_same() =>
        Gen.Long[0, 400L * 86_400_000].Sample(milliseconds =>
        {
            var duration = TimeSpan.FromMilliseconds(milliseconds);
            return Durations.TryRead(Durations.Write(duration), out var read) && read == duration;
        });

    [Fact]
    public void A_written_table_name_reads_back_as_the_same() =>
        Gen.Select(Gen.String[Gen.Char["ab.\"' \n"], 1, 6], Gen.String[Gen.Char["ab.\"' \n"], 1, 6]).Sample((schema, name) =>
            QualifiedName.TryParse(QualifiedName.Write(schema, name), out var readSchema, out var readName) && (readSchema, readName) == (schema, name));

    [Theory]
    [InlineData("90 days", 90 * 86_400)]
    [InlineData("1h 30m", 5_400)]
    [InlineData("2 Weeks", 14 * 86_400)]
    [InlineData("1.5h", 5_400)]
    [InlineData("0", 0)]
    public void People_may_write_a_duration_as_they_speak(string text, double seconds)
    {
        Durations.TryRead(text, out var read).ShouldBeTrue();
        read.TotalSeconds.ShouldBe(seconds);
    }

    [Theory]
    [InlineData("10")]
    [InlineData("d")]
    [InlineData("1 d ago")]
    [InlineData("-1d")]
    [InlineData("1e9d")]
    [InlineData("9999999999999999999d")]
    public void What_is_no_duration_is_not_guessed(string text) => Durations.TryRead(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("a.b", "a", "b")]
    [InlineData("b", "public", "b")]
    [InlineData("\"a.b\".\"c\"\"d\"", "a.b", "c\"d")]
    [InlineData("Two words", "public", "Two words")]
    public void A_table_name_is_read_part_by_part(string text, string schema, string name)
    {
        QualifiedName.TryParse(text, out var readSchema, out var readName).ShouldBeTrue();
        (readSchema, readName).ShouldBe((schema, name));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a.b.c")]
    [InlineData("\"a")]
    [InlineData("\"a\"b")]
    [InlineData(" a")]
    public void What_is_no_table_name_is_refused(string text) => QualifiedName.TryParse(text, out _, out _).ShouldBeFalse();
}
