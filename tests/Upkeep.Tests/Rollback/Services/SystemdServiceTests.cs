using Upkeep.Configuration;
using Upkeep.Rollback.Services;
using Upkeep.Testing;

namespace Upkeep.Tests.Rollback.Services;

public sealed class SystemdServiceTests : IDisposable
{
    private readonly ServiceFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static bool SystemdRuns => Directory.Exists("/run/systemd/system");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_unit_of_the_real_systemd_is_stopped_and_started()
    {
        Assert.SkipUnless(SystemdRuns, "systemd doesn't run on this machine");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can make a unit");
        var name = $"upkeep-test-{Environment.ProcessId}.service";
        var unit = Path.Combine("/run/systemd/system", name);
        await File.WriteAllTextAsync(unit, "[Service]\nExecStart=/bin/sleep 1000\n", Token);
        try
        {
            await SystemctlAsync("daemon-reload");
            await StopsAndStartsAsync(Of(name));
        }
        finally
        {
            await SystemctlAsync("stop", name);
            File.Delete(unit);
            await SystemctlAsync("daemon-reload");
        }
    }

    [Fact]
    public async Task Where_systemd_does_not_run_nothing_is_touched_and_its_own_words_are_told()
    {
        Assert.SkipWhen(SystemdRuns, "systemd runs on this machine");

        var problem = await Of("scout.service").StopAsync(Token);

        problem!.What.ShouldContain("can't be told");
        problem.Hint.ShouldNotBeNullOrEmpty();
    }

    // Not systemd: a double that answers as systemctl does, because no machine that these tests run on need have it.
    [Fact]
    public async Task Systemctls_answers_are_understood_from_a_double()
    {
        await StopsAndStartsAsync(Of("scout.service", Double()));
        (await File.ReadAllLinesAsync(_folder.File("calls"), Token)).ShouldBe(["--no-ask-password start -- scout.service", "--no-ask-password stop -- scout.service"]);
    }

    [Theory]
    [InlineData("not-found", "inactive", "knows no unit")]
    [InlineData("masked", "maintenance", "maintenance (masked)")]
    public async Task A_unit_that_is_not_there_is_never_taken_for_a_stopped_one(string load, string active, string words)
    {
        var double_ = _folder.Program("systemctl", $"#!/bin/sh\necho LoadState={load}\necho ActiveState={active}\n");

        var problem = await Of("scuot.service", double_).StopAsync(Token);

        problem!.What.ShouldContain(words);
    }

    private string Double() => _folder.Program("systemctl",
        """
        #!/bin/sh
        cd "$(dirname "$0")"
        if [ "$1" = show ]; then
          echo LoadState=loaded
          # Once on its way, as a real one is for a moment.
          if [ -e way ]; then rm way; echo ActiveState=activating; exit 0; fi
          if [ -e on ]; then echo ActiveState=active; else echo ActiveState=inactive; fi
          exit 0
        fi
        echo "$*" >>calls
        touch way
        case $2 in start) touch on;; stop) rm on;; esac
        """);

    private static async Task StopsAndStartsAsync(Service service)
    {
        (await service.StopAsync(Token)).ShouldBeNull();
        (await service.StateAsync(Token)).Words.ShouldBe("systemd says: inactive");
        (await service.StartAsync(Token)).ShouldBeNull();
        (await service.StartAsync(Token)).ShouldBeNull();
        (await service.StateAsync(Token)).Words.ShouldBe("systemd says: active");
        (await service.StopAsync(Token)).ShouldBeNull();
        (await service.StopAsync(Token)).ShouldBeNull();
        (await service.StateAsync(Token)).IsStopped.ShouldBeTrue();
    }

    private static Service Of(string name, string? program = null) => ServiceFolder.Of(new ServiceSettings { Name = name, Kind = ServiceKind.Systemd, Program = program });

    private static Task<Upkeep.Processes.ProgramResult> SystemctlAsync(params string[] arguments) =>
        PostgresServer.Programs.RunAsync("systemctl", arguments, new Dictionary<string, string?>(), null, CancellationToken.None);
}
