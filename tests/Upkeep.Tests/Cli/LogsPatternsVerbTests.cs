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

        templates["GET /api/events/<*> answered <*> Service Unavailable"].ShouldBe(100);
        templates["GET /login answered <*> Bad Gateway"].ShouldBe(50);
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
