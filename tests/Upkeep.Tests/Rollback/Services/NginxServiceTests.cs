using System.Net;
using System.Net.Sockets;
using Upkeep.Configuration;
using Upkeep.Rollback.Services;

namespace Upkeep.Tests.Rollback.Services;

/// <summary>Against nginx itself, with a configuration and a port of its own.</summary>
public sealed class NginxServiceTests : IDisposable
{
    private static readonly string? _nginx = new[] { "/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx" }.FirstOrDefault(File.Exists);
    private readonly ServiceFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nginx_is_started_and_quit_and_neither_twice()
    {
        var (service, port) = await ServiceAsync("");
        (await service.StateAsync(Token)).Condition.ShouldBe(ServiceCondition.Stopped);
        (await service.StopAsync(Token)).ShouldBeNull();
        try
        {
            (await service.StartAsync(Token)).ShouldBeNull();
            (await service.StartAsync(Token)).ShouldBeNull();
            (await service.StateAsync(Token)).Words.ShouldStartWith("nginx runs as process ");
            using var client = new HttpClient();
            (await client.GetAsync(new Uri($"http://127.0.0.1:{port}/"), Token)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }
        finally
        {
            (await service.StopAsync(CancellationToken.None)).ShouldBeNull();
        }
        (await service.StopAsync(Token)).ShouldBeNull();
        (await service.StateAsync(Token)).IsStopped.ShouldBeTrue();
    }

    [Fact]
    public async Task A_configuration_that_nginx_refuses_is_told_in_its_words_and_nothing_is_touched()
    {
        var (service, _) = await ServiceAsync("no_such_directive on;");

        var problem = await service.StartAsync(Token);

        problem!.What.ShouldContain("no_such_directive");
        problem.Hint!.ShouldContain("nginx -c");
    }

    [Fact]
    public async Task A_pid_file_left_behind_that_names_another_program_is_no_nginx()
    {
        var (service, _) = await ServiceAsync("");
        await File.WriteAllTextAsync(_folder.File("nginx.pid"), $"{Environment.ProcessId}\n", Token);

        (await service.StateAsync(Token)).IsStopped.ShouldBeTrue();
    }

    private async Task<(Service Service, int Port)> ServiceAsync(string line)
    {
        Assert.SkipWhen(_nginx is null && Environment.GetEnvironmentVariable("CI") != "true", "nginx is not installed (apt-get install nginx-light)");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await File.WriteAllTextAsync(_folder.File("nginx.conf"),
            $$"""
            pid {{_folder.File("nginx.pid")}};
            error_log {{_folder.File("error.log")}};
            worker_processes 1;
            events {}
            http {
              access_log off;
              {{string.Join("\n", new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(use => $"{use}_temp_path {_folder.File(use)};"))}}
              {{line}}
              server { listen 127.0.0.1:{{port}}; location / { return 204; } }
            }
            """, Token);
        return (ServiceFolder.Of(new ServiceSettings { Name = "front", Kind = ServiceKind.Nginx, Program = _nginx, Configuration = _folder.File("nginx.conf") }), port);
    }
}
