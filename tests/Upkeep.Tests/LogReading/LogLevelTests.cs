using System.Text;
using Upkeep.LogReading;

namespace Upkeep.Tests.LogReading;

public sealed class LogLevelTests
{
    [Theory]
    [InlineData("2026-11-22 01:02:03 ERROR db: connection lost", "Error")]
    [InlineData("2026-11-22T01:02:03.123Z [CRITICAL] disk full", "Critical")]
    [InlineData("2026-11-22 01:02:03,123 - my.logger - ERROR - it broke", "Error")]
    [InlineData("2026-11-22 01:02:03,123 - root - CRITICAL - it broke", "Critical")]
    [InlineData("2026/11/22 01:02:03 [error] 1234#0: *5 open() failed", "Error")]
    [InlineData("[Sun Nov 22 01:02:03.123456 2026] [core:error] [pid 12] AH00126", "Error")]
    [InlineData("2026-11-22 01:02:03.123 UTC [123] app@db FATAL:  too many connections", "Critical")]
    [InlineData("2026-11-22 01:02:03,123 [main] ERROR com.x.Y - msg", "Error")]
    [InlineData("2026-11-22 01:02:03.1234|FATAL|Logger|msg", "Critical")]
    [InlineData("[01:02:03 ERR] Serilog says so", "Error")]
    [InlineData("crit: Microsoft.Hosting.Lifetime[0]", "Critical")]
    [InlineData("fail: Microsoft.AspNetCore.Server[13]", "Error")]
    [InlineData("ERROR:root:python's basic format", "Error")]
    [InlineData("Nov 22 01:02:03 combo sshd[123]: error: PAM failed", "Error")]
    [InlineData("<11>Nov 22 01:02:03 web app: syslog priority 11 is user.error", "Error")]
    [InlineData("<2>1 2026-11-22T01:02:03Z host app - - - kernel critical", "Critical")]
    [InlineData("time=\"2026-11-22T01:02:03Z\" level=error msg=\"logfmt\"", "Error")]
    [InlineData("E1122 01:02:03.123456 1 main.go:12] klog", "Error")]
    [InlineData("11-22 16:13:38.811  1702  2395 E WindowManager: android", "Error")]
    [InlineData("\u001b[31mERROR\u001b[0m coloured", "Error")]
    [InlineData("2026-11-22 01:02:03 INFO no critical issues", "Other")]
    [InlineData("2026-11-22 01:02:03 INFO retry after ERROR 5", "Other")]
    [InlineData("2026-11-22 01:02:03 WARN [CRITICAL] path is only watched", "Warning")]
    [InlineData("2015-07-29 17:41:44,747 - INFO  [Quorum@774] - ERROR in text", "Other")]
    [InlineData("081109 203615 148 INFO dfs.DataNode$PacketResponder: x", "Other")]
    [InlineData("2026-11-22 01:02:03 no critical issues found", "None")]
    [InlineData("2026-11-22 01:02:03 NO CRITICAL ISSUES", "None")]
    [InlineData("Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure; error", "None")]
    [InlineData("    at Handler.run (ERROR.js:12)", "None")]
    [InlineData("Error: ENOENT, a head of a stack trace", "None")]
    [InlineData("INFO msg=\"they said level=error\"", "Other")]
    [InlineData("", "None")]
    public void The_level_is_read_from_the_field_that_holds_it(string line, string level)
    {
        var text = line.Replace("\u001b[31m", "", StringComparison.Ordinal).Replace("\u001b[0m", "", StringComparison.Ordinal);

        PlainLine.Level(text).ToString().ShouldBe(level);
    }

    [Theory]
    [InlineData("""{"level":"error","msg":"x"}""", "Error")]
    [InlineData("""{"time":1,"level":60,"msg":"pino's fatal"}""", "Critical")]
    [InlineData("""{"severity":"CRITICAL","message":"x"}""", "Critical")]
    [InlineData("""{"@t":"2026-11-22T01:02:03Z","@l":"Fatal","@m":"x"}""", "Critical")]
    [InlineData("""{"level":3,"short_message":"GELF"}""", "Error")]
    [InlineData("""{"level":"info","msg":"level error critical","data":{"level":"error"}}""", "Other")]
    [InlineData("""{"data":{"level":"error"},"level":"info"}""", "Other")]
    [InlineData("""{"level":"error","msg":"cut off he""", "Error")]
    [InlineData("""{"msg":"no level"}""", "None")]
    public void Json_names_its_level_at_the_top(string line, string level)
    {
        new JsonLines().TryRead(Encoding.UTF8.GetBytes(line), out var json).ShouldBeTrue();

        json.Level.ToString().ShouldBe(level);
    }
}
