using System.IO.Compression;
using System.Text;
using Upkeep.LogReading;
using ZstdSharp;

namespace Upkeep.Tests.LogReading;

/// <summary>What can be read of a spoilt file is read, and what can't is told.</summary>
public sealed class SpoiltLogTests : IDisposable
{
    private static readonly byte[] _text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(line => $"2026-11-22 01:00:00 ERROR request {line * 7919} failed\n")));

    private readonly string _log = Path.GetTempFileName();

    [Theory]
    [InlineData("these bytes are no gzip at all", true)]
    [InlineData("\0\0\0\0\0\0\0\0", false)]
    [InlineData("", false)]
    public void What_follows_a_gzip_file_is_told_unless_it_is_padding(string rest, bool isLoss)
    {
        File.WriteAllBytes(_log, [.. Gzip(_text), .. Encoding.ASCII.GetBytes(rest)]);

        var (lines, loss) = Read();

        lines.ShouldBe(20_000);
        (loss is not null).ShouldBe(isLoss);
    }

    [Fact]
    public void Much_that_follows_a_gzip_file_is_told()
    {
        var garbage = new byte[300_000];
        new Random(1).NextBytes(garbage);
        File.WriteAllBytes(_log, [.. Gzip(_text), .. garbage]);

        Read().ShouldSatisfyAllConditions(it => it.Lines.ShouldBe(20_000), it => it.Loss!.ShouldContain("no gzip"));
    }

    [Fact]
    public void Gzip_files_one_after_the_other_are_one()
    {
        File.WriteAllBytes(_log, [.. Gzip(_text), .. Gzip(_text), .. Gzip(_text)]);

        Read().ShouldBe((60_000, null));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    [InlineData(0.999)]
    public void Of_an_archive_that_is_cut_short_the_beginning_is_read(double share)
    {
        foreach (var packed in new[] { Gzip(_text), Zstd(_text) })
        {
            File.WriteAllBytes(_log, packed[..(int)(packed.Length * share)]);

            Read().ShouldSatisfyAllConditions(it => it.Lines.ShouldBeInRange(packed[0] == 0x1f ? (long)(20_000 * share * 0.7) : 0, 20_000), it => it.Loss!.ShouldContain("cut short"));
        }
    }

    [Fact]
    public void Of_a_damaged_zstd_archive_what_stands_before_the_damage_is_read()
    {
        var packed = Zstd(_text);
        packed[packed.Length / 2] ^= 0xff;
        File.WriteAllBytes(_log, packed);

        Read().Loss.ShouldNotBeNull();
    }

    [Fact]
    public void What_follows_a_zstd_archive_costs_none_of_its_lines()
    {
        File.WriteAllBytes(_log, [.. Zstd(_text), .. "no zstd at all, but long enough to be taken for the next frame"u8]);

        Read().ShouldSatisfyAllConditions(it => it.Lines.ShouldBe(20_000), it => it.Loss.ShouldNotBeNull());
    }

    [Fact]
    public void A_bomb_is_not_read_beyond_what_is_allowed()
    {
        File.WriteAllBytes(_log, Gzip(new byte[64 << 20]));

        using var lines = new LogLines(new LogSource(_log, allowed: 1 << 20));
        while (lines.TryRead(out _))
            lines.Number.ShouldBe(1);

        lines.Source.Loss!.ShouldContain("bomb");
        lines.Source.BytesRead.ShouldBeLessThan(8 << 20);
    }

    [Fact]
    public void A_line_of_a_hundred_megabytes_costs_no_memory()
    {
        using (var file = File.Create(_log))
        {
            file.Write("2026-11-22 01:00:00 ERROR "u8);
            var block = Enumerable.Repeat((byte)'x', 1 << 20).ToArray();
            for (var megabyte = 0; megabyte < 100; megabyte++)
                file.Write(block);
            file.Write("\n2026-11-22 01:00:00 ERROR after\n"u8);
        }
        var before = GC.GetAllocatedBytesForCurrentThread();

        using var lines = new LogLines(new LogSource(_log));
        while (lines.TryRead(out var line))
            line.Length.ShouldBeLessThanOrEqualTo(LogLines.MaxLine);

        (lines.Number, lines.LongLines).ShouldBe((2, 1));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(8 << 20);
    }

    [Fact]
    public void Invalid_utf8_and_nul_bytes_are_counted_by_line_also_where_lines_are_passed_over()
    {
        File.WriteAllBytes(_log, [.. "2026-11-22 01:00:00 INFO a\n"u8, .. "2026-11-22 01:00:00 INFO b \xff"u8.ToArray()[..^2], 0xff, (byte)'\n', .. "2026-11-22 01:00:00 INFO c \0\n2026-11-22 01:00:00 ERROR grüße\n"u8]);

        using var reader = new LogReader(new LogLines(new LogSource(_log)), new TimeReader(NodaTime.DateTimeZone.Utc, new NodaTime.LocalDate(2026, 11, 24)), LogLevel.Error);
        reader.Begin();
        reader.TryRead(out var entry).ShouldBeTrue();

        entry.Line.ShouldBe(4);
        reader.TryRead(out _).ShouldBeFalse();
        (reader.Lines.InvalidLines, reader.Lines.LinesWithNul).ShouldBe((1, 1));
    }

    public void Dispose() => File.Delete(_log);

    private (long Lines, string? Loss) Read()
    {
        using var lines = new LogLines(new LogSource(_log));
        while (lines.TryRead(out var line))
            line.Length.ShouldBeLessThan(100);
        return (lines.Number, lines.Source.Loss);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Zstd(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zstd = new CompressionStream(packed, 6, leaveOpen: true))
        {
            zstd.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
            zstd.Write(bytes);
        }
        return packed.ToArray();
    }
}
