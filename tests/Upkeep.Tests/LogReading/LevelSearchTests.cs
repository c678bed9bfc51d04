using CsCheck;
using NodaTime;
using Upkeep.LogReading;

namespace Upkeep.Tests.LogReading;

/// <summary>Passing over lines without looking at them finds what looking at each of them finds.</summary>
public sealed class LevelSearchTests : IDisposable
{
    private static readonly string[] _lines =
    [
        "2026-11-22 01:02:03 ERROR db: connection lost", "2026-11-22 01:02:03 INFO no critical issues, nothing failed", "2026-11-22 01:02:03 [warn] x", "2026-11-22T01:02:03Z [CRITICAL] disk full",
        "    at Handler.run (ERROR.js:12)", "java.lang.IllegalStateException: ERROR", "Caused by: java.io.IOException: gone", "", "E1122 01:02:03.123456 1 main.go:12] klog", "I1122 01:02:03.123456 1 main.go:12] klog",
        "11-22 16:13:38.811  1702  2395 E WindowManager: android", "11-22 16:13:38.811  1702  2395 D WindowManager: A new window", "<11>Nov 22 01:02:03 web app: user.error", "<14>Nov 22 01:02:03 web app: ERROR in text",
        "{\"level\":50,\"time\":1795000000000,\"msg\":\"pino\"}", "{\"level\":30,\"time\":1795000000000,\"msg\":\"pino: ERROR\"}", "{\"req\":{\"level\":50},\"level\":30,\"msg\":\"nested\"}", "{\"level\": 60, \"msg\":\"spaced\"}",
        "{\"level\" : 3, \"msg\":\"GELF\"}", "{\"@t\":\"2026-11-22T01:00:00Z\",\"@l\":\"Fatal\",\"@m\":\"serilog\"}", "{\"Severity\":\"error\"}", "time=2026-11-22T01:00:00Z level=error msg=\"logfmt\"", "time=2026-11-22T01:00:00Z level=info msg=\"error\"",
        "\u001b[31mERROR\u001b[0m coloured", "2026-11-22 01:02:03.123 UTC [123] app@db FATAL:  too many connections", "2026-11-22 01:02:03.123 UTC [123] app@db DETAIL:  more", "[01:02:03 ERR] Serilog says so", "2026-11-22 01:02:03.1234|FATAL|Logger|msg",
        "192.0.2.1 - - [22/Nov/2026:01:02:03 +0000] \"GET /a HTTP/1.1\" 503 12", "192.0.2.1 - - [22/Nov/2026:01:02:03 +0000] \"GET /a HTTP/1.1\" 200 500", "192.0.2.1 - - [22/Nov/2026:01:02:03 +0000] \"GET /a HTTP/1.1\" 404 9", "naïve ünïcode failed", "x\0y error",
        "Traceback (most recent call last):", "  File \"a.py\", line 1", "RuntimeError: uncaught", "Exception in thread \"main\" java.lang.OutOfMemoryError: heap", "Unhandled exception. System.InvalidOperationException: boom", "panic: runtime error: index", "goroutine 1 [running]:",
        "Nov 24 10:00:01 web1 kernel: [123.4] Out of memory: Killed process 100", "Nov 24 10:00:01 web1 systemd[1]: Failed to start x", "Nov 24 10:00:01 web1 cron[1]: session opened", "Nov 24 10:00:01 web1 app: no error", "2026-11-22 01:02:03 WARN slow",
        "{\"upkeep\":\"the lines before this one were rotated\",\"at\":\"2026-11-22T01:02:03Z\",\"id\":\"0\"}",
    ];

    private readonly string _log = Path.GetTempFileName();

    [Fact]
    public void Whatever_stands_in_a_log_the_same_messages_are_found() =>
        (from kinds in Gen.Int[0, _lines.Length - 1].Array[1, 4]
         from lines in Gen.Int[0, kinds.Length - 1].Array[1, 400]
         from least in Gen.Enum<LogLevel>().Where(level => level >= LogLevel.Warning)
         select (Lines: lines.Select(line => _lines[kinds[line]]).ToArray(), Least: least)).Sample(sample =>
        {
            File.WriteAllLines(_log, sample.Lines);
            var looked = Found(LogLevel.Other).Where(entry => entry.Level >= sample.Least || !entry.Named).ToList();

            Found(sample.Least).ShouldBe(looked);
        }, iter: 2000, threads: 1);

    [Fact]
    public void Long_logs_with_few_errors_are_found_through_all_their_pieces()
    {
        var random = new Random(1);
        using (var writer = new StreamWriter(_log))
        {
            for (var line = 0; line < 60_000; line++)
            {
                writer.WriteLine(line % 9973 == 17 ? _lines[0] : line % 7919 == 5 ? new string('x', random.Next(200_000)) : _lines[1] + new string('y', random.Next(60)));
                if (line % 9973 == 17)
                    writer.WriteLine("    at the.trace");
            }
        }

        var looked = Found(LogLevel.Other).Where(entry => entry.Level >= LogLevel.Error).ToList();

        looked.Count.ShouldBe(7);
        Found(LogLevel.Error).ShouldBe(looked);
    }

    public void Dispose() => File.Delete(_log);

    private List<(long Line, LogLevel Level, long At, string Message, bool Named)> Found(LogLevel least)
    {
        var today = new LocalDate(2026, 11, 24);
        using var reader = new LogReader(new LogLines(new LogSource(_log)), new TimeReader(DateTimeZone.Utc, today), least);
        reader.Begin();
        var found = new List<(long, LogLevel, long, string, bool)>();
        while (reader.TryRead(out var entry))
            found.Add((entry.Line, entry.Level, entry.At, System.Text.Encoding.UTF8.GetString(entry.Message), reader.HasLevels));
        return found;
    }
}
