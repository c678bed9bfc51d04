using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Upkeep.Configuration;
using Upkeep.Health;
using Upkeep.Http;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Preparation.Health;
using Upkeep.Redaction;
using Upkeep.Testing;

namespace Upkeep.Tests.Preparation.Health;

public sealed class HealthStepTests(PostgresServer server) : IDisposable
{
    private const string Id = "preparation.health";

    private readonly StepHarness _harness = new();
    private readonly HttpDoor _http = new(Redactor.None, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _harness.Dispose();
        _http.Dispose();
    }

    [Fact]
    public async Task A_healthy_platform_is_measured_and_left_as_evidence()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "create table queue (id int); insert into queue select generate_series(1, 7)");
        await using var site = await TestSite.StartAsync(answer => answer.Response.WriteAsync("ok"), Token);

        var end = await RunAsync(database.Door, Settings(database) with
        {
            Health = new HealthSettings { Endpoints = [new EndpointSettings { Name = "home", Url = site.Url }], QueueDepthQuery = "select count(*) from queue", Samples = 4, MinFreeDiskShare = 0 },
        });

        end.Status.ShouldBe(StepStatus.Succeeded);
        end.Summary.ShouldStartWith("1 of 1 endpoints good; PostgreSQL 15");
        _harness.Measures(Id).Single(measure => measure.Name == "queue_depth").Value.ShouldBe(7);
        _harness.Measures(Id).Single(measure => measure.Name == "latency_p95").Subject.ShouldBe("home");
        _harness.Measures(Id).ShouldContain(measure => measure.Name == "disk_free" && measure.Subject == "database");
        var artifact = _harness.Facts<ArtifactWritten>(Id).Single().Artifact;
        artifact.Path.ShouldBe("preparation/health.json");
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_harness.Folder, artifact.Path), Token));
        document.RootElement.GetProperty("endpoints")[0].GetProperty("samplesMs").GetArrayLength().ShouldBe(4);
    }

    [Fact]
    public async Task A_failing_endpoint_and_a_long_queue_need_a_person()
    {
        await using var database = await server.CreateDatabaseAsync(Token);

        var end = await RunAsync(database.Door, Settings(database) with
        {
            Health = new HealthSettings { Endpoints = [new EndpointSettings { Name = "home", Url = new Uri("http://127.0.0.1:1/") }], QueueDepthQuery = "select 20000", MinFreeDiskShare = 1.1 },
        });

        end.Status.ShouldBe(StepStatus.Attention);
        var findings = _harness.Findings(Id);
        findings.Single(finding => finding.Code == "endpoint-refused").Severity.ShouldBe(Severity.Critical);
        findings.Single(finding => finding.Code == "queue-long").Message.ShouldBe("20000 entries are queued; the limit is 10000.");
        findings.Where(finding => finding.Code == "disk-low").ShouldNotBeEmpty();
        _harness.Measures(Id).ShouldNotContain(measure => measure.Name == "latency_p50");
    }

    [Theory]
    [InlineData("select count(*) from no_such_table", "42P01")]
    [InlineData("select 'many'", "String, not a number")]
    [InlineData("create table stolen ()", "read-only")]
    public async Task A_queue_query_that_gives_no_number_is_not_checked_and_harms_nothing(string query, string why)
    {
        await using var database = await server.CreateDatabaseAsync(Token);

        await RunAsync(database.Door, Settings(database) with { Health = new HealthSettings { QueueDepthQuery = query } });

        _harness.Findings(Id).Single(finding => finding.Code == "queue-not-checked").Message.ShouldContain(why);
        (await database.ScalarAsync<long>("select count(*) from pg_class where relname = 'stolen'", Token)).ShouldBe(0);
    }

    [Fact]
    public async Task An_unreachable_database_fails_the_step_after_the_endpoints_were_looked_at()
    {
        var settings = new DatabaseSettings { ConnectionString = "Host=127.0.0.1;Port=1;Database=scene;Username=u;Password=hunter2secret" };
        await using var site = await TestSite.StartAsync(answer => answer.Response.WriteAsync("ok"), Token);
        await using var door = new DatabaseDoor(settings);

        var end = await RunAsync(door, new UpkeepConfiguration
        {
            Platform = "Test",
            Database = settings,
            Health = new HealthSettings { Endpoints = [new EndpointSettings { Name = "home", Url = site.Url }], Samples = 2 },
        });

        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason.ShouldBe("Database scene at 127.0.0.1:1 can't be reached: connection refused.");
        _harness.Measures(Id).ShouldContain(measure => measure.Name == "latency_p50");
        JsonSerializer.Serialize(_harness.Journal.Read(StepHarness.Run)).ShouldNotContain("hunter2secret");
    }

    [Fact]
    public async Task A_role_without_rights_is_told_what_it_could_not_see()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        await using var door = new DatabaseDoor(await database.LimitedAsync(Token));

        var end = await RunAsync(door, Settings(database) with { Health = new HealthSettings { MinFreeDiskShare = 0 } });

        end.Status.ShouldBe(StepStatus.Succeeded);
        _harness.Findings(Id).Select(finding => finding.Code).ShouldBe(["endpoints-not-checked", "replication-not-checked", "disk-not-checked"]);
    }

    [Fact]
    public async Task A_dry_run_looks_and_leaves_no_file()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        Directory.Delete(_harness.Folder);

        await _harness.RunAsync(dryRun: true, Token, Step(database.Door, Settings(database)));

        Directory.Exists(_harness.Folder).ShouldBeFalse();
        _harness.Facts<StepSurveyed>(Id).ShouldHaveSingleItem();
    }

    private UpkeepConfiguration Settings(TestDatabase database) => new()
    {
        Platform = "Test",
        Database = database.Settings,
        Root = _harness.Root,
        Backup = new BackupSettings { Folder = Path.Combine(_harness.Root, "backups") },
    };

    private Task<StepEnded> RunAsync(DatabaseDoor door, UpkeepConfiguration configuration) => _harness.RunAsync(Token, Step(door, configuration));

    private HealthStep Step(DatabaseDoor door, UpkeepConfiguration configuration) => new(configuration, new HealthLook(configuration, door, _http), Redactor.None);
}
