using Upkeep.Configuration;

namespace Upkeep.Tests.Configuration;

public sealed class ServiceSettingsTests : IDisposable
{
    private readonly ConfigurationFixture _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Services_of_every_kind_are_read()
    {
        var configuration = _files.Right(ConfigurationFixture.Smallest + """
            rollback:
              services:
                - {name: web, kind: pm2, program: /opt/node/bin/pm2}
                - {name: scout.service, kind: systemd}
                - {name: front, kind: nginx, configuration: nginx.conf}
                - {name: app, kind: command, stop: [/opt/app/control, stop], start: [/opt/app/control, start], status: [/opt/app/control, status]}
            """);

        configuration.Rollback.Services.Select(service => service.Kind).ShouldBe([ServiceKind.Pm2, ServiceKind.Systemd, ServiceKind.Nginx, ServiceKind.Command]);
        configuration.Rollback.Services[2].Configuration.ShouldBe(Path.Combine(_files.Folder, "nginx.conf"));
        configuration.Rollback.Services[3].Stop.ShouldBe(["/opt/app/control", "stop"]);
    }

    [Theory]
    [InlineData("[{name: app, kind: command, stop: [a], start: [a]}]", "rollback.services[0].status", "needs one")]
    [InlineData("[{name: app, kind: command, stop: [a], start: [a], status: [a], program: b}]", "rollback.services[0].program", "no program")]
    [InlineData("[{name: web, kind: pm2, stop: [killall, node]}]", "rollback.services[0].stop", "killall node")]
    [InlineData("[{name: web, kind: systemd, configuration: a.conf}]", "rollback.services[0].configuration", "only nginx")]
    [InlineData("[{name: web, kind: pm2}, {name: web, kind: systemd}]", "rollback.services[1].name", "earlier service")]
    [InlineData("[{name: --now, kind: systemd}]", "rollback.services[0].name", "no name")]
    public void What_can_not_work_is_told_with_its_place(string services, string key, string words)
    {
        var problem = _files.Load(ConfigurationFixture.Smallest + $"rollback:\n  services: {services}\n").Problems.ShouldHaveSingleItem();

        problem.Key.ShouldBe(key);
        problem.Message.ShouldContain(words);
        problem.Hint.ShouldNotBeNullOrEmpty();
    }
}
