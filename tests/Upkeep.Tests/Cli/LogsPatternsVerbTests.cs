using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Upkeep.Cli;

namespace Upkeep.Tests.Cli;

/// <summary><c>upkeep logs patterns</c> on real files of the usual formats and on spoilt ones.</summary>
public sealed class LogsPatternsVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("upkeep-patterns-").FullName;

    private string Log => Path.Combine(_folder, "app.log");

    [Theory]
    [InlineData("{{\"level\":50,\"time\":{1},\"msg\":\"cannot reach 10.0.0.{0}\"}}", "cannot reach <*>")]
    [InlineData("{{\"@t\":\"2026-11-22T01:00:0{0}Z\",\"@l\":\"Error\",\"@m\":\"Payment {0} failed\"}}", "Payment <*> failed")]
    [InlineData("time=2026-11-22T01:00:0{0}Z level=error msg=\"cannot open /var/x/{0}.dat\"", "cannot open <*>")]
    [InlineData("2026-11-22 01:00:0{0} UTC [100{0}] ERROR:  division of {0} by zero", "division of <*> by zero")]
    [InlineData("2026-11-22 01:00:0{0} ERROR boom {0}\njava.lang.IllegalStateException: boom\n    at a.b.C(C.java:{0})", "boom <*>")]
    [InlineData("2026-11-22T01:00:0{0}Z ERROR store: user {0}@example.com is unknown", "<*> is unknown")]
    public async Task Messages_of_a_format_are_grouped_without_their_heads(string format, string expected)
    {
        await File.WriteAllLinesAsync(Log, Enumerable.Range(0, 100).Select(line => string.Format(System.Globalization.CultureInfo.InvariantCulture, format, line % 10, 1_795_000_000_000 + line)), TestContext.Current.CancellationToken);

        var template = (await JsonAsync(Log)).GetProperty("templates").EnumerateArray().ShouldHaveSingleItem();

        template.GetProperty("template").GetString()!.ShouldEndWith(expected);
        template.GetProperty("count").GetInt64().ShouldBe(100);
        template.GetProperty("firstLine").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task Requests_of_a_web_server_are_grouped_by_method_route_and_answer()
    {
        string[] routes = ["/api/events/{0}", "/api/events/{0}?page={0}", "/api/venues/{0}/map.png", "/login"];
        await File.WriteAllLinesAsync(Log, Enumerable.Range(0, 400).Select(line => string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"192.0.2.{line % 200} - - [22/Nov/2026:01:02:{line % 60:00} +0000] \"GET {string.Format(System.Globalization.CultureInfo.InvariantCulture, routes[line % 4], line)} HTTP/1.1\" {(line % 8 < 4 ? 503 : 502)} 12 \"-\" \"curl\"")), TestContext.Current.CancellationToken);

        var templates = (await JsonAsync(Log)).GetProperty("templates").EnumerateArray().ToDictionary(template => template.GetProperty("template").GetString()!, template => template.GetProperty("count").GetInt64());

        templates["GET /api/events/<*> answered 503 Service Unavailable"].ShouldBe(100);
        templates["GET /login answered 502 Bad Gateway"].ShouldBe(50);
        templates.Values.Sum().ShouldBe(400);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.95)]
    public async Task Of_a_gzip_file_that_is_cut_short_what_can_be_read_is_reported_with_the_loss(double share)
    {
        var whole = await GzipAsync();
        await File.WriteAllBytesAsync(Log, whole[..(int)(whole.Length * share)], TestContext.Current.CancellationToken);

        var call = await UpkeepCall.RunAsync("logs", "patterns", Log);

        call.Status.ShouldBe(ExitStatus.Attention);
        call.Answer.ShouldContain("can't be unpacked to its end");
    }

    [Fact]
    public async Task Whatever_its_name_says_a_packed_log_is_read_as_the_plain_one()
    {
        await File.WriteAllBytesAsync(Log, await GzipAsync(), TestContext.Current.CancellationToken);

        var json = await JsonAsync(Log);

        json.GetProperty("templates").EnumerateArray().Sum(template => template.GetProperty("count").GetInt64()).ShouldBe(5000);
    }

    [Fact]
    public async Task Odd_bytes_are_read_past_and_told()
    {
        await using (var file = File.Create(Log))
        {
            await file.WriteAsync("2026-11-22 01:00:00 ERROR nul \0 here\n2026-11-22 01:00:01 ERROR bad \xff utf8\n"u8.ToArray().Select(one => one == 0xc3 ? (byte)0xff : one).ToArray(), TestContext.Current.CancellationToken);
            await file.WriteAsync(Encoding.ASCII.GetBytes("2026-11-22 01:00:02 ERROR " + new string('x', 5_000_000) + "\n2026-11-22 01:00:03 ERROR after\n"), TestContext.Current.CancellationToken);
        }

        var call = await UpkeepCall.RunAsync("logs", "patterns", Log);

        call.Answer.ShouldContain("holds NUL bytes");
        call.Answer.ShouldContain("is not valid UTF-8");
        call.Answer.ShouldContain("longer than 64 KiB");
        call.Answer.ShouldContain("from 4 lines");
    }

    [Fact]
    public async Task Every_line_is_in_exactly_one_template_where_their_numbers_are_asked_for()
    {
        await File.WriteAllLinesAsync(Log, Enumerable.Range(0, 2000).Select(line => $"2026-11-22 01:00:{line % 60:00} {(line % 3 == 0 ? "ERROR" : "INFO")} worker {line} did {(line % 7 == 0 ? "nothing" : $"job {line * 31}")}"), TestContext.Current.CancellationToken);

        var json = await JsonAsync(Log, "--all-levels", "--lines");

        json.GetProperty("templates").EnumerateArray().SelectMany(template => template.GetProperty("lines").EnumerateArray().Select(line => line.GetInt32())).Order().ShouldBe(Enumerable.Range(1, 2000));
    }

    [Theory]
    [InlineData("--level", "nope")]
    [InlineData("--top", "0")]
    [InlineData("--since", "gestern")]
    [InlineData("--all-levels", "--level", "error")]
    public async Task A_value_that_can_not_be_meant_is_a_usage_error(params string[] options)
    {
        await File.WriteAllTextAsync(Log, "x\n", TestContext.Current.CancellationToken);

        (await UpkeepCall.RunAsync(["logs", "patterns", Log, .. options])).Status.ShouldBe(ExitStatus.Usage);
    }

    [Fact]
    public async Task A_missing_file_and_a_folder_are_told_with_their_names()
    {
        (await UpkeepCall.RunAsync("logs", "patterns", Log)).ShouldSatisfyAllConditions(it => it.Status.ShouldBe(ExitStatus.Usage), it => it.Log.ShouldContain($"There is no file {Log}."));
        (await UpkeepCall.RunAsync("logs", "patterns", _folder)).ShouldSatisfyAllConditions(it => it.Status.ShouldBe(ExitStatus.Usage), it => it.Log.ShouldContain("is a folder"));
    }

    [Fact]
    public async Task A_pipe_that_nobody_writes_to_is_refused_instead_of_waited_for()
    {
        await System.Diagnostics.Process.Start("mkfifo", [Log]).WaitForExitAsync(TestContext.Current.CancellationToken);

        var call = await UpkeepCall.RunAsync("logs", "patterns", Log).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        call.Status.ShouldBe(ExitStatus.Usage);
        call.Log.ShouldContain("is a pipe");
    }

    [Theory]
    [InlineData("Traceback (most recent call last):\n  File \"a.py\", line 1\nRuntimeError: boom")]
    [InlineData("/srv/server.js:10\n    throw x\n    ^\n\nTypeError: Cannot read x\n    at handler (/srv/server.js:10:5)\n\nNode.js v18")]
    [InlineData("Exception in thread \"main\" java.lang.OutOfMemoryError: heap\n\tat a.B.c(D.java:1)")]
    [InlineData("panic: runtime error: index out of range\n\ngoroutine 1 [running]:\nmain.main()\n\t/tmp/x.go:8")]
    [InlineData("Unhandled exception. System.InvalidOperationException: boom\n   at Program.Main()")]
    public async Task An_exception_that_nobody_caught_is_one_error_between_lines_that_name_their_level(string crash)
    {
        await File.WriteAllTextAsync(Log, string.Concat(Enumerable.Range(0, 30).Select(line => $"2026-11-24 10:00:{line:00} INFO app: tick {line}\n{(line % 10 == 5 ? crash + "\n" : "")}")), TestContext.Current.CancellationToken);

        var template = (await JsonAsync(Log)).GetProperty("templates").EnumerateArray().ShouldHaveSingleItem();

        template.GetProperty("count").GetInt64().ShouldBe(3);
        crash.ShouldContain(template.GetProperty("example").GetString()!);
        template.GetProperty("example").GetString()!.Split(' ')[0].ShouldBeOneOf("Traceback", "TypeError:", "Exception", "panic:", "Unhandled");
    }

    [Fact]
    public async Task An_exception_that_a_warning_logs_is_no_error_of_its_own()
    {
        await File.WriteAllTextAsync(Log, string.Concat(Enumerable.Range(0, 30).Select(line => $"2026-11-24 10:00:{line:00} WARN app: retry {line}\njava.io.IOException: gone\n\tat a.B.c(D.java:1)\n")), TestContext.Current.CancellationToken);

        (await JsonAsync(Log)).GetProperty("messages").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task Lines_without_a_level_count_where_they_tell_of_a_failure_and_the_others_are_told_of()
    {
        await File.WriteAllTextAsync(Log, "Nov 24 09:00:00 web1 app: error: named\n" + string.Concat(Enumerable.Range(0, 20).Select(line =>
            $"Nov 24 10:00:{line:00} web1 kernel: [1.4] Out of memory: Killed process {line}\nNov 24 10:00:{line:00} web1 systemd[1]: Failed to start x.service\nNov 24 10:00:{line:00} web1 sshd[{line}]: session opened, 0 failed\n")), TestContext.Current.CancellationToken);

        var json = await JsonAsync(Log);

        json.GetProperty("messages").GetInt64().ShouldBe(41);
        json.GetProperty("files")[0].GetProperty("notes")[0].GetString().ShouldBe("20 of 61 lines name no level and were not counted: --all-levels");
        (await JsonAsync(Log, "--level", "info")).GetProperty("messages").GetInt64().ShouldBe(61);
    }

    [Theory]
    [InlineData("{\"upkeep\":\"the lines before this one were rotated\",\"at\":\"2026-11-22T01:02:03Z\",\"id\":\"0\"}")]
    [InlineData("# upkeep: the lines before this one were rotated at 2026-11-22T01:02:03Z id=0")]
    public async Task What_a_rotation_leaves_counts_by_its_own_levels_and_the_mark_never(string mark)
    {
        await File.WriteAllLinesAsync(Log, [mark, "continued from before", "{\"level\":30,\"msg\":\"fine\"}", "{\"level\":50,\"msg\":\"broken\"}"], TestContext.Current.CancellationToken);

        var json = await JsonAsync(Log);

        json.GetProperty("templates").EnumerateArray().ShouldHaveSingleItem().GetProperty("template").GetString().ShouldBe("broken");
        (await JsonAsync(Log, "--all-levels")).GetProperty("messages").GetInt64().ShouldBe(3);
    }

    [Fact]
    public async Task Lines_of_other_kinds_among_a_web_servers_are_read_by_their_own_format()
    {
        await File.WriteAllLinesAsync(Log, [.. Enumerable.Range(0, 90).Select(line => $"192.0.2.1 - - [22/Nov/2026:01:02:03 +0000] \"GET /a HTTP/1.1\" {(line == 7 ? 503 : 200)} 12"),
            "2026/11/22 01:02:03 [error] 12#0: *5 connect() failed", "{\"level\":50,\"msg\":\"broken\"}", "2026-11-22 01:02:03 INFO app: fine"], TestContext.Current.CancellationToken);

        (await JsonAsync(Log)).GetProperty("messages").GetInt64().ShouldBe(3);
    }

    [Theory]
    [InlineData("fd377a585a000004", "is packed with xz: unpack it first")]
    [InlineData("425a6839314159265359", "is packed with bzip2: unpack it first")]
    [InlineData("7f454c460000000a000000000a00000a00000a", "is no text")]
    public async Task What_is_no_text_is_told_with_its_status(string bytes, string told)
    {
        await File.WriteAllBytesAsync(Log, Convert.FromHexString(bytes), TestContext.Current.CancellationToken);

        (await UpkeepCall.RunAsync("logs", "patterns", Log)).ShouldSatisfyAllConditions(it => it.Status.ShouldBe(ExitStatus.Attention), it => it.Answer.Replace("\n", " ", StringComparison.Ordinal).ShouldContain(told));
    }

    [Fact]
    public async Task Utf16_is_read_as_what_it_says()
    {
        await File.WriteAllTextAsync(Log, string.Concat(Enumerable.Range(0, 9).Select(line => $"2026-11-24 10:00:0{line} ERROR grüße {line}\r\n")), Encoding.Unicode, TestContext.Current.CancellationToken);

        (await JsonAsync(Log)).GetProperty("templates").EnumerateArray().ShouldHaveSingleItem().GetProperty("template").GetString().ShouldBe("grüße <*>");
    }

    [Fact]
    public async Task An_empty_file_and_a_time_to_come_are_told_as_what_they_are()
    {
        await File.WriteAllTextAsync(Log, "", TestContext.Current.CancellationToken);
        (await UpkeepCall.RunAsync("logs", "patterns", Log)).Answer.ShouldContain("empty");

        await File.WriteAllTextAsync(Log, "2026-11-24 10:00:00 ERROR x\n", TestContext.Current.CancellationToken);
        (await UpkeepCall.RunAsync("logs", "patterns", Log, "--since", "2999-01-01")).Answer.ShouldContain("lies in the future");
    }

    [Fact]
    public async Task Names_in_addresses_do_not_split_a_template()
    {
        await File.WriteAllLinesAsync(Log, ["2026-11-24 10:00:00 ERROR mail to charlie.o'brien@example.com bounced", "2026-11-24 10:00:00 ERROR mail to ann.o'neil@example.com bounced"], TestContext.Current.CancellationToken);

        (await JsonAsync(Log)).GetProperty("templates").EnumerateArray().ShouldHaveSingleItem().GetProperty("template").GetString().ShouldBe("mail to <*> bounced");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<JsonElement> JsonAsync(string log, params string[] options) =>
        JsonDocument.Parse((await UpkeepCall.RunAsync(["logs", "patterns", log, "--format", "json", .. options])).Answer).RootElement;

    private static async Task<byte[]> GzipAsync()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        await using (var writer = new StreamWriter(gzip))
        {
            var random = new Random(1);
            for (var line = 0; line < 5000; line++)
                await writer.WriteLineAsync($"2026-11-22 01:{line / 60 % 60:00}:{line % 60:00} ERROR request {random.Next()} failed");
        }
        return packed.ToArray();
    }
}
