using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Npgsql;

namespace SceneScout.Site;

/// <summary>How the site is to run.</summary>
/// <param name="Urls">Where to listen; port 0 takes a free one.</param>
/// <param name="Visitors">Requests a second that the site makes to itself; 0 for none.</param>
internal sealed record SiteSettings(string Database, string Urls, string LogFolder, double Visitors, int Seed);

/// <summary>The site: <c>/</c>, <c>/discover</c> and <c>/health</c>.</summary>
internal static class SiteServer
{
    /// <summary>Serves until cancelled.</summary>
    /// <param name="listening">Hears the address once the site answers.</param>
    public static async Task ServeAsync(SiteSettings settings, TimeProvider time, Action<Uri> listening, CancellationToken cancellationToken)
    {
        using var logs = new LogFiles(settings.LogFolder, time);
        using var rotated = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            logs.Reopen();
        });
        await using var database = NpgsqlDataSource.Create(settings.Database);
        await using var site = Build(settings, database, logs, time);
        await site.StartAsync(cancellationToken);
        var address = new Uri(site.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        logs.Info("site", $"listening on {address}");
        using var http = new HttpClient();
        var visitors = new Visitors(http, address, settings.Visitors, settings.Seed, time, text => logs.Warn("visitors", text));
        if (settings.Visitors > 0)
            await visitors.WarmAsync(cancellationToken);
        listening(address);
        // The host hears SIGTERM, the program Ctrl-C: either ends it.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, site.Lifetime.ApplicationStopping);
        try
        {
            await VisitOrWaitAsync(visitors, settings, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            logs.Info("site", "stopping");
        }
        await site.StopAsync(CancellationToken.None);
    }

    private static Task VisitOrWaitAsync(Visitors visitors, SiteSettings settings, CancellationToken cancellationToken) =>
        settings.Visitors > 0 ? visitors.VisitAsync(cancellationToken) : Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);

    private static WebApplication Build(SiteSettings settings, NpgsqlDataSource database, LogFiles logs, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        // stdout belongs to the program's own few lines; what happens is in the log files.
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(settings.Urls);
        builder.Services.AddHostedService(_ => new QueueWorker(database, logs, time));
        var site = builder.Build();
        site.Use(next => new RequestDelegate(context => new RequestLog(database, logs, time).HandleAsync(context, next)));
        Map(site, new EventQueries(database), time);
        return site;
    }

    private static void Map(WebApplication site, EventQueries events, TimeProvider time)
    {
        site.MapGet("/", async (CancellationToken cancellationToken) =>
            Html(Pages.Home(await events.UpcomingAsync(time.GetUtcNow(), cancellationToken))));
        site.MapGet("/discover", async (string? category, string? city, string? q, CancellationToken cancellationToken) =>
            Html(Pages.Discover(await events.DiscoverAsync(time.GetUtcNow(), category, city, q, cancellationToken))));
        site.MapGet("/health", async (CancellationToken cancellationToken) => await HealthAsync(events, cancellationToken));
    }

    private static async Task<IResult> HealthAsync(EventQueries events, CancellationToken cancellationToken)
    {
        try
        {
            var depth = await events.QueueDepthAsync(cancellationToken);
            return Results.Text(string.Create(CultureInfo.InvariantCulture, $$"""{"status":"ok","database":"ok","queued":{{depth}}}"""), "application/json");
        }
        catch (NpgsqlException)
        {
            // The answer is the report: a health endpoint exists to say this.
            return Results.Text("""{"status":"failing","database":"unreachable"}""", "application/json", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static IResult Html(string html) => Results.Text(html, "text/html; charset=utf-8");
}
