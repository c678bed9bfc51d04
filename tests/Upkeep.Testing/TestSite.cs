using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Upkeep.Testing;

/// <summary>A small web server on a real socket, for services that can't be had in a test.</summary>
public sealed class TestSite : IAsyncDisposable
{
    private readonly WebApplication _site;

    private TestSite(WebApplication site)
    {
        _site = site;
        Url = new Uri(site.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
    }

    /// <summary>For example <c>http://127.0.0.1:38123/</c>.</summary>
    public Uri Url { get; }

    /// <param name="answer">Answers every request, whatever its path.</param>
    /// <param name="certificate">With one, the site speaks TLS only.</param>
    public static async Task<TestSite> StartAsync(RequestDelegate answer, CancellationToken cancellationToken, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));
        builder.WebHost.UseKestrelHttpsConfiguration();
        var site = builder.Build();
        site.Run(answer);
        await site.StartAsync(cancellationToken);
        return new TestSite(site);
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();
}
