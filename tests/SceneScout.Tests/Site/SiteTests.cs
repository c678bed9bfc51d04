using System.Net;
using Npgsql;
using SceneScout.Seeding;
using SceneScout.Site;
using Upkeep.Postgres;
using Upkeep.Testing;

namespace SceneScout.Tests.Site;

public sealed class SiteTests(PostgresServer server) : IDisposable
{
    private readonly string _logs = Directory.CreateTempSubdirectory("scenescout-logs-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_pages_show_what_is_in_the_database_and_each_request_is_noted()
    {
        await using var database = await Scout.FilledAsync(server, new SeedPlan(0.05, 1, TimeProvider.System.GetUtcNow()), Token);
        var before = await database.ScalarAsync<long>("select count(*) from api_logs", Token);

        await VisitAsync(database.ConnectionString, async (http, site) =>
        {
            (await http.GetStringAsync(site, Token)).ShouldContain("<li><b>");
            (await http.GetStringAsync(new Uri(site, "/discover?category=music"), Token)).ShouldContain("· music</li>");
            (await http.GetStringAsync(new Uri(site, "/health"), Token)).ShouldContain("\"status\":\"ok\"");
            using var missing = await http.GetAsync(new Uri(site, "/nowhere"), Token);
            missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        });

        (await database.ScalarAsync<long>("select count(*) from api_logs", Token)).ShouldBe(before + 4);
        (await database.ScalarAsync<long>("select count(*) from api_logs where path = '/nowhere' and status_code = 404", Token)).ShouldBe(1);
        (await File.ReadAllTextAsync(Path.Combine(_logs, "api.log"), Token)).ShouldContain("GET /discover?category=music 200");
        var day = Directory.GetFiles(_logs, "application.log.*").ShouldHaveSingleItem();
        (await File.ReadAllTextAsync(day, Token)).ShouldContain("WARN site: nothing at /nowhere");
    }

    [Fact]
    public async Task Text_from_the_database_stays_text()
    {
        await using var database = await Scout.FilledAsync(server, new SeedPlan(0.01, 1, TimeProvider.System.GetUtcNow()), Token);
        await database.ExecuteAsync("update events set title = '<script>alert(1)</script>', venue_id = (select min(id) from venues), event_date = now() + interval '1 minute' where id = 1", Token);

        await VisitAsync(database.ConnectionString, async (http, site) =>
        {
            var home = await http.GetStringAsync(site, Token);
            home.ShouldContain("&lt;script&gt;");
            home.ShouldNotContain("<script>");
        });
    }

    [Fact]
    public async Task An_unreachable_database_is_told_by_health_and_in_error_log()
    {
        var cluster = await server.ClusterAsync(Token);
        var nowhere = new NpgsqlConnectionStringBuilder(cluster.ConnectionString("no_such_database")).ToString();

        await VisitAsync(nowhere, async (http, site) =>
        {
            using var health = await http.GetAsync(new Uri(site, "/health"), Token);
            health.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            using var home = await http.GetAsync(site, Token);
            home.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        });

        (await File.ReadAllTextAsync(Path.Combine(_logs, "error.log"), Token)).ShouldContain("ERROR site: / failed");
    }

    [Fact]
    public async Task The_queue_is_worked_off_and_noted()
    {
        await using var database = await Scout.FilledAsync(server, new SeedPlan(0.02, 1, TimeProvider.System.GetUtcNow()), Token);
        var logged = await database.ScalarAsync<long>("select count(*) from ingestion_logs", Token);
        var queued = await database.ScalarAsync<long>("select count(*) from ingestion_queue where status = 'queued'", Token);

        await VisitAsync(database.ConnectionString, async (_, _) =>
        {
            while (await database.ScalarAsync<long>("select count(*) from ingestion_logs", Token) == logged)
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token);
        });

        (await database.ScalarAsync<long>("select count(*) from ingestion_queue where status = 'queued'", Token)).ShouldBeLessThan(queued);
        (await File.ReadAllTextAsync(Path.Combine(_logs, "ingestion.log"), Token)).ShouldContain("one entry from");
    }

    public void Dispose() => Directory.Delete(_logs, recursive: true);

    private async Task VisitAsync(string database, Func<HttpClient, Uri, Task> visit)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var listening = new TaskCompletionSource<Uri>();
        var serving = SiteServer.ServeAsync(new SiteSettings(database, "http://127.0.0.1:0", _logs, 0, 1), TimeProvider.System, listening.SetResult, stop.Token);
        using var http = new HttpClient();
        var started = await Task.WhenAny(serving, listening.Task);
        if (started == serving)
            await serving;
        await visit(http, await listening.Task);
        await stop.CancelAsync();
        await serving;
    }
}
