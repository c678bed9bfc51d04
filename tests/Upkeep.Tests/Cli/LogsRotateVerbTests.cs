using Upkeep.Cli;

namespace Upkeep.Tests.Cli;

public sealed class LogsRotateVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("upkeep-logs-verb-").FullName;

    [Fact]
    public async Task Logs_are_rotated_without_a_configuration_and_each_is_told()
    {
        var (one, two) = (Path.Combine(_folder, "one's log.log"), Path.Combine(_folder, "missing.log"));
        await File.WriteAllLinesAsync(one, Enumerable.Range(0, 5000).Select(line => $"line {line}"), TestContext.Current.CancellationToken);

        var call = await UpkeepCall.RunAsync("logs", "rotate", one, two);

        call.Status.ShouldBe(ExitStatus.Failed);
        call.Answer.ShouldContain("one's log.log: 4,");
        call.Answer.ShouldContain("read back and equal");
        call.Answer.ShouldContain($"There is no {two}.");
        Directory.GetFiles(_folder, "*.zst").ShouldHaveSingleItem();
        (await UpkeepCall.RunAsync("logs", "rotate", one)).Answer.ShouldContain("nothing to rotate");
    }

    [Fact]
    public async Task As_json_it_is_one_document()
    {
        var log = Path.Combine(_folder, "app.log");
        await File.WriteAllLinesAsync(log, Enumerable.Range(0, 5000).Select(line => $"line {line}"), TestContext.Current.CancellationToken);

        var call = await UpkeepCall.RunAsync("logs", "rotate", log, "--compression", "gzip", "--format", "json");

        call.Status.ShouldBe(ExitStatus.Success);
        System.Text.Json.JsonDocument.Parse(call.Answer).RootElement.GetProperty("files")[0].GetProperty("archives")[0].GetProperty("archive").GetString()!.ShouldEndWith(".gz");
    }

    [Theory]
    [InlineData("--folder", "/nowhere/at/all")]
    [InlineData("--compression", "rar")]
    [InlineData]
    public async Task What_can_not_be_is_a_usage_error(params string[] options)
    {
        string[] files = options.Length == 0 ? [] : [Path.Combine(_folder, "app.log")];

        (await UpkeepCall.RunAsync(["logs", "rotate", .. files, .. options])).Status.ShouldBe(ExitStatus.Usage);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
