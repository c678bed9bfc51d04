namespace Upkeep.Tests;

public sealed class AmountTests
{
    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(0.00126, "1.26 ms")]
    [InlineData(0.9994, "999 ms")]
    [InlineData(0.9996, "1 s")]
    [InlineData(5.25, "5.3 s")]
    [InlineData(59.9, "59.9 s")]
    [InlineData(60, "1 min")]
    [InlineData(3599.9, "59 min 59 s")]
    [InlineData(12000, "3 h 20 min")]
    [InlineData(14400, "4 h")]
    [InlineData(216000, "2.5 days")]
    [InlineData(-90, "-1 min 30 s")]
    public void A_duration_reads_in_its_two_largest_units(double seconds, string expected) => Amount.Duration(TimeSpan.FromSeconds(seconds)).ShouldBe(expected);

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(7L << 30, "7.0 GiB")]
    [InlineData(-3.5 * 1048576, "-3.5 MiB")]
    public void Bytes_read_in_the_largest_unit_that_leaves_a_whole_one(double bytes, string expected) => Amount.Bytes(bytes).ShouldBe(expected);
}
