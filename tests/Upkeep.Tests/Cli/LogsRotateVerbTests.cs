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
        (await UpkeepCall.RunAsync("logs", "rotate", one)).Answer.ShouldContain("nothing to rotate: no whole block of 4.0 KiB of it can be let go of");
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
    [InlineData("prune", "--dryrun", "--dry-run")]
    [InlineData("prune", "--keep-atleast=400", "--keep-at-least")]
    [InlineData("prune", "-n", null)]
    [InlineData("rotate", "--bogus", null)]
    [InlineData("patterns", "--levl", "--level")]
    public async Task A_mistyped_option_is_never_taken_for_a_file_and_nothing_is_done(string verb, string option, string? meant)
    {
        var log = Path.Combine(_folder, "app.log");
        var archive = log + "-20200101.zst";
        await File.WriteAllLinesAsync(log, Enumerable.Range(0, 5000).Select(line => $"line {line}"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(archive, "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(log + "-20200102.zst", "", TestContext.Current.CancellationToken);

        var call = await UpkeepCall.RunAsync("logs", verb, log, option);

        call.Status.ShouldBe(ExitStatus.Usage);
        call.Log.ShouldContain($"There is no option {option}.");
        if (meant is not null)
            call.Log.ShouldContain($"Did you mean {meant}?");
        File.Exists(archive).ShouldBeTrue();
        Directory.GetFiles(_folder).Length.ShouldBe(3);
    }

    [Fact]
    public async Task Behind_two_dashes_every_word_is_a_name()
    {
        var call = await UpkeepCall.RunAsync("logs", "rotate", "--", "-odd.log");

        call.Status.ShouldBe(ExitStatus.Failed);
        call.Answer.ShouldContain($"There is no {Path.GetFullPath("-odd.log")}.");
    }

    [Theory]
    [InlineData("rotate", "none-*.log", "No log matches")]
    [InlineData("prune", "none-*.log", "No log matches")]
    [InlineData("prune", "none.log", "There is no log")]
    public async Task A_name_that_stands_for_nothing_is_no_success(string verb, string name, string words)
    {
        var call = await UpkeepCall.RunAsync("logs", verb, Path.Combine(_folder, name));

        call.Status.ShouldBe(ExitStatus.Usage);
        call.Log.ShouldContain(words);
    }

    [Theory]
    [InlineData("--folder", "/nowhere/at/all")]
    [InlineData("--compression", "rar")]
    [InlineData("--way", "rename")]
    [InlineData("--way", "collapse", "--unit", "nginx")]
    [InlineData("--reopen-signal", "KILL")]
    [InlineData("--reopen-signal", "HUP", "--unit", "nginx")]
    [InlineData("--pid-file", "/run/nginx.pid")]
    [InlineData("--min-size", "huge")]
    [InlineData("--max-age", "old")]
    public async Task What_can_not_be_is_a_usage_error(params string[] options)
    {
        var call = await UpkeepCall.RunAsync(["logs", "rotate", Path.Combine(_folder, "app.log"), .. options]);

        call.Status.ShouldBe(ExitStatus.Usage);
        call.Log.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Patterns_sizes_and_the_lossy_way_are_as_asked_for()
    {
        foreach (var name in new[] { "a.log", "b.log" })
            await File.WriteAllTextAsync(Path.Combine(_folder, name), new string('x', name[0] == 'a' ? 10 : 5000) + "\n", TestContext.Current.CancellationToken);

        var call = await UpkeepCall.RunAsync("logs", "rotate", Path.Combine(_folder, "*.log"), "--way", "truncate", "--min-size", "1 KiB");

        call.Status.ShouldBe(ExitStatus.Attention);
        call.Answer.ShouldContain("truncate is lossy");
        Directory.GetFiles(_folder, "*.zst").ShouldHaveSingleItem().ShouldContain("b.log-");
        new FileInfo(Path.Combine(_folder, "a.log")).Length.ShouldBe(11);
    }

    [Fact]
    public async Task A_command_that_tells_the_writer_is_run_as_it_stands()
    {
        var log = Path.Combine(_folder, "app.log");
        using var writer = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("bash", ["-c", "exec >> \"$0\"; while [ ! -e \"$0.told\" ]; do echo line; done; exec >> \"$0\"; echo after; sleep 30", log]))!;
        while (!File.Exists(log) || new FileInfo(log).Length < 1000)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);

        var call = await UpkeepCall.RunAsync("logs", "rotate", log, "--reopen-command", "touch", log + ".told");
        writer.Kill(entireProcessTree: true);

        call.Status.ShouldBe(ExitStatus.Success);
        Directory.GetFiles(_folder, "*.zst").ShouldHaveSingleItem();
        (await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken)).ShouldBe("after\n");
    }

    [Fact]
    public async Task Pruning_says_what_would_go_and_then_removes_it()
    {
        var log = Path.Combine(_folder, "app.log");
        foreach (var day in new[] { "20200101", "20200102" })
            await File.WriteAllTextAsync($"{log}-{day}.zst", "", TestContext.Current.CancellationToken);

        var dry = await UpkeepCall.RunAsync("logs", "prune", log, "--keep", "30 days", "--dry-run");
        dry.Answer.ShouldContain($"would remove {log}-20200101.zst");
        Directory.GetFiles(_folder).Length.ShouldBe(2);
        var call = await UpkeepCall.RunAsync("logs", "prune", log, "--keep", "30 days", "--format", "json");

        call.Status.ShouldBe(ExitStatus.Success);
        System.Text.Json.JsonDocument.Parse(call.Answer).RootElement.GetProperty("removed").GetArrayLength().ShouldBe(1);
        Directory.GetFiles(_folder, "app.log-*").ShouldBe([$"{log}-20200102.zst"]);
        (await UpkeepCall.RunAsync("logs", "prune", log, "--keep", "soon")).Status.ShouldBe(ExitStatus.Usage);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
