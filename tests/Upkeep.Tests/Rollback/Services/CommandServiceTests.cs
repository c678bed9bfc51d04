using Upkeep.Configuration;
using Upkeep.Processes;
using Upkeep.Rollback.Services;

namespace Upkeep.Tests.Rollback.Services;

public sealed class CommandServiceTests : IDisposable
{
    private const string Unreached = "exit 9";
    private readonly ServiceFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (int.TryParse(_folder.Text("pid"), out var id) && ProcessIdentity.Of(id) is not null)
            System.Diagnostics.Process.GetProcessById(id).Kill();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_real_process_is_started_and_stopped_and_neither_twice()
    {
        // It holds on to the output that it was started with, as many do.
        var service = Service("sleep 1000 & echo $! >pid", "kill $(cat pid)");

        (await service.StateAsync(Token)).Condition.ShouldBe(ServiceCondition.Stopped);
        (await service.StopAsync(Token)).ShouldBeNull();
        (await service.StartAsync(Token)).ShouldBeNull();
        (await service.StartAsync(Token)).ShouldBeNull();
        (await service.StateAsync(Token)).IsRunning.ShouldBeTrue();
        var id = int.Parse(_folder.Text("pid"), System.Globalization.CultureInfo.InvariantCulture);
        ProcessIdentity.Of(id).ShouldNotBeNull();
        (await service.StopAsync(Token)).ShouldBeNull();
        (await service.StopAsync(Token)).ShouldBeNull();

        ProcessIdentity.Of(id).ShouldBeNull();
        _folder.Text("calls").Split('\n').ShouldBe(["start", "stop"]);
    }

    [Fact]
    public async Task A_command_that_fails_is_told_with_its_status_and_words()
    {
        var problem = await Service("echo 'no such port' >&2; exit 3", Unreached).StartAsync(Token);

        problem!.What.ShouldContain("ended with status 3: no such port");
        problem.Hint!.ShouldContain("control status");
    }

    [Fact]
    public async Task A_service_that_dies_after_its_start_is_not_taken_for_started()
    {
        var problem = await Service("sleep 0.3 & echo $! >pid", Unreached).StartAsync(Token);

        problem!.What.ShouldContain("did not keep running");
    }

    [Fact]
    public async Task A_stop_that_stops_nothing_is_not_believed()
    {
        var service = Service("sleep 1000 & echo $! >pid", "true", TimeSpan.FromSeconds(2));
        (await service.StartAsync(Token)).ShouldBeNull();

        var problem = await service.StopAsync(Token);

        problem!.What.ShouldContain("was told to stop");
        problem.What.ShouldContain("2s");
    }

    [Fact]
    public async Task A_start_that_never_ends_is_ended_with_what_it_started()
    {
        var problem = await Service("echo $$ >pid; exec sleep 1000", Unreached, TimeSpan.FromSeconds(2)).StartAsync(Token);

        problem!.What.ShouldContain("had not ended after 2s");
        problem.Hint!.ShouldContain("leave the service running");
        ProcessIdentity.Of(int.Parse(_folder.Text("pid"), System.Globalization.CultureInfo.InvariantCulture)).ShouldBeNull();
    }

    [Theory]
    [InlineData("/no/such/program", "can't be run here")]
    [InlineData("killed", "status 137")]
    public async Task A_status_that_tells_nothing_keeps_a_service_from_being_touched(string program, string words)
    {
        if (program == "killed")
            program = _folder.Program("killed", "#!/bin/sh\nkill -9 $$\n");
        var service = ServiceFolder.Of(new ServiceSettings { Name = "app", Kind = ServiceKind.Command, Stop = ["false"], Start = ["false"], Status = [program] });

        (await service.StateAsync(Token)).Condition.ShouldBe(ServiceCondition.Unknown);
        foreach (var problem in new[] { await service.StopAsync(Token), await service.StartAsync(Token) })
        {
            problem!.What.ShouldContain("can't be told");
            problem.What.ShouldContain(words);
            problem.Hint.ShouldNotBeNullOrEmpty();
        }
    }

    private Service Service(string start, string stop, TimeSpan? patience = null)
    {
        var program = _folder.Program("control",
            $$"""
            #!/bin/sh
            cd "$(dirname "$0")"
            [ "$1" = status ] || echo "$1" >>calls
            case $1 in
              start) {{start}};;
              stop) {{stop}};;
              # A dead one that nobody has waited for yet (Z) still has its number.
              status) [ -s pid ] && grep -q '^State:.[^ZX]' "/proc/$(cat pid)/status" 2>/dev/null;;
            esac
            """);
        return ServiceFolder.Of(new ServiceSettings { Name = "app", Kind = ServiceKind.Command, Stop = [program, "stop"], Start = [program, "start"], Status = [program, "status"] }, patience);
    }
}
