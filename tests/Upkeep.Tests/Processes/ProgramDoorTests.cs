using Microsoft.Extensions.Logging.Testing;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Tests.Processes;

public sealed class ProgramDoorTests
{
    private readonly ProgramDoor _door = new(Redactor.None, TimeProvider.System) { Grace = TimeSpan.FromMilliseconds(200) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_leads_a_session_of_its_own()
    {
        var stat = (await RunAsync("cat", ["/proc/self/stat"], null, Token)).Output.Split(' ');

        // proc(5): pid, name, state, parent, group, session.
        stat[4].ShouldBe(stat[0]);
        stat[5].ShouldBe(stat[0]);
    }

    [Theory]
    [InlineData("sleep 1000 & echo $! >&2; sleep 1000")]
    [InlineData("trap '' TERM; sleep 1000 & echo $! >&2; sleep 1000; sleep 1000")]
    public async Task Cancelling_ends_it_with_all_that_it_started_whether_it_listens_or_not(string script)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var child = new TaskCompletionSource<int>();

        var running = RunAsync("sh", ["-c", script], line => child.TrySetResult(int.Parse(line, System.Globalization.CultureInfo.InvariantCulture)), cancel.Token);
        var identity = ProcessIdentity.Of(await child.Task.WaitAsync(Token))!;
        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => running);
        // Whoever takes in orphans needs a moment to take note of its end.
        while (identity.IsAlive)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token);
    }

    [Fact]
    public async Task What_it_runs_is_logged_with_numbers_and_without_secrets()
    {
        var log = new FakeLogger();
        var door = new ProgramDoor(new Redactor(["s3cret-word"]), TimeProvider.System) { Log = log };

        await door.RunAsync("sh", ["-c", "exit 3", "s3cret-word"], new Dictionary<string, string?> { ["PGPASSWORD"] = "hidden" }, null, Token);

        var said = log.Collector.GetSnapshot();
        said.Select(line => line.Id.Id).ShouldBe([1001, 1002]);
        said[0].Message.ShouldBe("sh begins: -c exit 3 *****");
        said[1].Message.ShouldStartWith("sh ended with status 3 after ");
    }

    [Fact]
    public async Task How_it_ended_is_a_value()
    {
        (await RunAsync("sh", ["-c", "exit 3"], null, Token)).ExitCode.ShouldBe(3);
        (await RunAsync("sh", ["-c", "kill -9 $$"], null, Token)).ExitCode.ShouldBe(137);
        var missing = await RunAsync("/no/such/program", [], null, Token);
        missing.ExitCode.ShouldBe(127);
        missing.Error.ShouldContain("/no/such/program");
    }

    [Fact]
    public async Task What_is_cancelled_already_is_not_started()
    {
        var file = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));

        await Should.ThrowAsync<OperationCanceledException>(() => RunAsync("touch", [file], null, new CancellationToken(canceled: true)));

        File.Exists(file).ShouldBeFalse();
    }

    private Task<ProgramResult> RunAsync(string program, IReadOnlyList<string> arguments, Action<string>? onErrorLine, CancellationToken cancellationToken) =>
        _door.RunAsync(program, arguments, new Dictionary<string, string?>(), onErrorLine, cancellationToken);
}
