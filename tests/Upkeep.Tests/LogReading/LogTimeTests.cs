using System.Text;
using NodaTime;
using Upkeep.LogReading;

namespace Upkeep.Tests.LogReading;

public sealed class LogTimeTests
{
    [Theory]
    [InlineData("2026-11-22 01:02:03,123 x", "2026-11-22T01:02:03Z")]
    [InlineData("2026-11-22T01:02:03+02:00 x", "2026-11-21T23:02:03Z")]
    [InlineData("[22/Nov/2026:01:02:03 -0500]", "2026-11-22T06:02:03Z")]
    [InlineData("Nov 22 01:02:03 web", "2026-11-22T01:02:03Z")]
    [InlineData("Dec  4 01:02:03 web", "2025-12-04T01:02:03Z")]
    [InlineData("Nov 28 01:02:03 web", "2025-11-28T01:02:03Z")]
    [InlineData("[Sun Dec 04 04:47:44 2005] [error] x", "2005-12-04T04:47:44Z")]
    [InlineData("[Sun Nov 22 01:02:03.123456 2026] [core:error]", "2026-11-22T01:02:03Z")]
    [InlineData("081109 203615 148 INFO dfs.DataNode: x", "2008-11-09T20:36:15Z")]
    [InlineData("17/06/09 20:10:40 INFO executor: x", "2017-06-09T20:10:40Z")]
    [InlineData("03-17 16:13:38.811  1702  2395 D x", "2026-03-17T16:13:38Z")]
    [InlineData("[10.30 16:49:06] chrome.exe - x", "2026-10-30T16:49:06Z")]
    [InlineData("20171223-22:15:29:606|Step_LSC|30002312|x", "2017-12-23T22:15:29Z")]
    [InlineData("20171224-0:5:9:606|Step_LSC|30002312|x", "2017-12-24T00:05:09Z")]
    [InlineData("1077804742 1 Component State Change", "2004-02-26T14:12:22Z")]
    [InlineData("- 1117838570 2005.06.03 R02", "2005-06-03T22:42:50Z")]
    [InlineData("999999 999999 x", null)]
    [InlineData("no time at all", null)]
    public void The_time_a_line_begins_with_is_read(string line, string? expected)
    {
        var at = new TimeReader(DateTimeZone.Utc, new LocalDate(2026, 11, 24)).ReadHead(Encoding.UTF8.GetBytes(line));

        (at == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("134681 node-246 unix.hw state_change.unavailable 1077804742 1 Component State Change {0}", "2004-02-26T14:12:22Z")]
    [InlineData("17/06/09 20:10:40 INFO storage.BlockManager: Found block {0} locally", "2017-06-09T20:10:40Z")]
    [InlineData("20171223-22:15:29:606|Step_LSC|30002312|onStandStepChanged {0}", "2017-12-23T22:15:29Z")]
    public void The_time_is_found_where_the_logs_layout_has_it(string format, string expected)
    {
        var log = Path.GetTempFileName();
        File.WriteAllLines(log, Enumerable.Range(0, 50).Select(line => string.Format(System.Globalization.CultureInfo.InvariantCulture, format, line)));
        using var reader = new LogReader(new LogLines(new LogSource(log)), new TimeReader(DateTimeZone.Utc, new LocalDate(2026, 11, 24)), LogLevel.None);
        reader.Begin();
        reader.TryRead(out var entry).ShouldBeTrue();
        File.Delete(log);

        DateTimeOffset.FromUnixTimeMilliseconds(entry.At).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture).ShouldBe(expected);
    }
}
