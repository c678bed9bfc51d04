using System.Text;
using NodaTime;
using Upkeep.Preparation.Alerts;

namespace Upkeep.Tests.Preparation.Alerts;

public sealed class LogScanTests : IDisposable
{
    private static readonly DateTimeZone _toronto = DateTimeZoneProviders.Tzdb["America/Toronto"];
    private readonly string _folder = Directory.CreateTempSubdirectory("upkeep-log-").FullName;

    private string Log => Path.Combine(_folder, "app.log");

    [Fact]
    public async Task A_pipe_that_nobody_writes_to_is_refused_instead_of_waited_for()
    {
        var pipe = Path.Combine(_folder, "pipe.log");
        await System.Diagnostics.Process.Start("mkfifo", [pipe]).WaitForExitAsync(TestContext.Current.CancellationToken);

        await Should.ThrowAsync<IOException>(Task.Run(() => new LogScan(NodaTime.DateTimeZone.Utc, new NodaTime.LocalDate(2026, 11, 24)).Run(pipe, (_, _) => { }, () => false)).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Lines_of_the_day_are_counted_by_hour_in_the_platforms_zone()
    {
        var survey = Scan(
            """
            2026-11-22 00:59:59 ERROR local time
            2026-11-22T06:30:00Z ERROR half past one in Toronto
            {"time":"2026-11-22T06:45:00Z","level":"fatal","msg":"so is this"}
            2026-11-21 23:00:00 ERROR yesterday
            2026-11-22T04:00:00Z CRITICAL still yesterday in Toronto
            2026-11-22 01:10:00 INFO nothing
            """);

        (survey.Errors.Count, survey.Criticals.Count, survey.OfOtherDays, survey.Lines).ShouldBe((2, 1, 2, 6));
        survey.Hours.ShouldBe([new HourCount(0, 1, 0), new HourCount(1, 1, 1)]);
        survey.Errors.First.ShouldBe(new DateTimeOffset(2026, 11, 22, 0, 59, 59, TimeSpan.FromHours(-5)));
        survey.Criticals.Samples.ShouldBe(["so is this"]);
    }

    [Fact]
    public void Crlf_invalid_utf8_very_long_lines_and_a_last_line_without_end_are_read()
    {
        using (var file = File.Create(Log))
        {
            file.Write("2026-11-22 01:00:00 ERROR one\r\n"u8);
            file.Write("2026-11-22 01:00:01 ERROR "u8);
            file.Write([0xff, 0xfe, 0x80, 0xc3, (byte)'\n']);
            file.Write("2026-11-22 01:00:02 ERROR "u8);
            for (var block = 0; block < 64; block++)
                file.Write(Encoding.ASCII.GetBytes(new string('x', 32 << 10)));
            file.Write("\n\n2026-11-22 01:00:03 CRITICAL last"u8);
        }

        var survey = new LogScan(_toronto, new LocalDate(2026, 11, 22)).Run(Log, (_, _) => { }, () => false)!;

        (survey.Errors.Count, survey.Criticals.Count, survey.Lines).ShouldBe((3, 1, 5));
        survey.Bytes.ShouldBe(new FileInfo(Log).Length);
        survey.Criticals.Samples.Single().ShouldEndWith("CRITICAL last");
    }

    [Fact]
    public void A_sparse_file_of_half_a_gigabyte_is_one_line_and_costs_no_memory()
    {
        using (var file = File.Create(Log))
        {
            file.SetLength(512L << 20);
            file.Seek(0, SeekOrigin.End);
            file.Write("\n2026-11-22 01:00:00 ERROR at the end\n"u8);
        }
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var survey = new LogScan(_toronto, new LocalDate(2026, 11, 22)).Run(Log, (_, _) => { }, () => false)!;

        survey.Errors.Count.ShouldBe(1);
        // Other tests allocate beside this one; the file is five times as large.
        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(100L << 20);
    }

    [Fact]
    public void A_log_that_is_emptied_while_it_is_read_is_said_to_be_rotated()
    {
        using (var file = File.CreateText(Log))
        {
            for (var line = 0; line < 400_000; line++)
                file.Write("2026-11-22 01:00:00 ERROR abcdefgh\n");
        }
        var survey = new LogScan(_toronto, new LocalDate(2026, 11, 22)).Run(Log, (_, _) => File.WriteAllText(Log, ""), () => false)!;

        survey.WasRotated.ShouldBeTrue();
        survey.Errors.Count.ShouldBeInRange(1, 399_999);
    }

    [Fact]
    public void Samples_are_different_messages_without_secrets()
    {
        var survey = Scan(
            """
            2026-11-22 01:00:01 ERROR login of 17 failed password=hunter2 in 3 ms
            2026-11-22 01:00:02 ERROR login of 18 failed password=hunter2 in 4 ms
            2026-11-22 01:00:03 ERROR no answer from postgres://app:tops3cret@db/x
            """);

        survey.Errors.Samples.Count.ShouldBe(2);
        string.Join('\n', survey.Errors.Samples).ShouldNotContain("hunter2");
        string.Join('\n', survey.Errors.Samples).ShouldNotContain("tops3cret");
    }

    private LogSurvey Scan(string text)
    {
        File.WriteAllText(Log, text);
        return new LogScan(_toronto, new LocalDate(2026, 11, 22)).Run(Log, (_, _) => { }, () => false)!;
    }
}
