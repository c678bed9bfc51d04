using Upkeep.Configuration;
using Upkeep.Rollback.Services;
using Upkeep.Testing;

namespace Upkeep.Tests.Rollback.Services;

/// <summary>Against pm2 itself, with a list of its own that ends with the test.</summary>
public sealed class Pm2ServiceTests : IDisposable
{
    private readonly ServiceFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pm2s_processes_are_stopped_and_started_by_their_name_and_others_are_left_alone()
    {
        var pm2 = Program();
        try
        {
            await File.WriteAllTextAsync(_folder.File("app.js"), "setInterval(() => {}, 1000);", Token);
            await RunAsync(pm2, "start", _folder.File("app.js"), "--name", "web", "--instances", "2");
            await RunAsync(pm2, "start", _folder.File("app.js"), "--name", "other", "--namespace", "web");
            var (web, other, missing) = (Of(pm2, "web"), Of(pm2, "other"), Of(pm2, "wbe"));

            (await web.StateAsync(Token)).Words.ShouldBe("pm2 says: online, online");
            (await web.StopAsync(Token)).ShouldBeNull();
            (await web.StopAsync(Token)).ShouldBeNull();
            (await web.StateAsync(Token)).IsStopped.ShouldBeTrue();
            (await other.StateAsync(Token)).IsRunning.ShouldBeTrue();
            (await web.StartAsync(Token)).ShouldBeNull();
            (await web.StartAsync(Token)).ShouldBeNull();
            (await web.StateAsync(Token)).Words.ShouldBe("pm2 says: online, online");

            (await missing.StateAsync(Token)).Condition.ShouldBe(ServiceCondition.Unknown);
            var problem = await missing.StopAsync(Token);
            problem!.What.ShouldContain("pm2 knows no process wbe");
            problem.Hint!.ShouldContain("pm2 list");
        }
        finally
        {
            await RunAsync(pm2, "kill");
        }
    }

    // pm2 keeps its list where PM2_HOME says; a person's own must not be touched.
    private string Program() => _folder.Program("pm2", $"#!/bin/sh\nPM2_HOME='{_folder.File("home")}' exec node '{Path.Combine(NpmPart.Folder("pm2"), "bin", "pm2")}' \"$@\"\n");

    private static Service Of(string pm2, string name) => ServiceFolder.Of(new ServiceSettings { Name = name, Kind = ServiceKind.Pm2, Program = pm2 });

    private static async Task RunAsync(string pm2, params string[] arguments)
    {
        var result = await PostgresServer.Programs.RunAsync(pm2, arguments, new Dictionary<string, string?>(), null, CancellationToken.None);
        result.ExitCode.ShouldBe(0, result.Error);
    }
}
