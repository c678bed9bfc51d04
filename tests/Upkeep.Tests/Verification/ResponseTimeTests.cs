using Microsoft.AspNetCore.Http;
using Upkeep.Configuration;
using Upkeep.Health;
using Upkeep.Http;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Redaction;
using Upkeep.Running;
using Upkeep.Testing;
using Upkeep.Verification.ResponseTime;

namespace Upkeep.Tests.Verification;

public sealed class ResponseTimeTests(PostgresServer server) : IDisposable
{
    private const string Id = "verification.response-time";

    private readonly StepHarness _harness = new();
    private readonly HttpDoor _http = new(Redactor.None, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _harness.Dispose();
        _http.Dispose();
    }

    [Fact]
    public void The_rank_test_agrees_with_figures_worked_by_hand()
    {
        // U = 0 of 25 pairs: z = (12.5 - 0.5) / sqrt(25 * 11 / 12) = 2.5065, p = 0.0122; every difference is 5 less 4 to plus 4.
        var test = RankTest.Of([1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 0.05);

        test.P.ShouldBe(0.01219, 0.00001);
        test.Shift.ShouldBe(5);
        RankTest.Of([1, 1, 1], [1, 1, 1], 0.05).P.ShouldBe(1);
    }

    [Fact]
    public void Noise_is_seldom_called_a_change()
    {
        var random = new Random(20261122);

        var alarms = Enumerable.Range(0, 2000).Count(_ =>
            Comparison.Of("x", Latencies(random, 30, 1), Latencies(random, 30, 1), 0.2, 1).Change is Change.Slower or Change.Faster);

        alarms.ShouldBeLessThan(40, "at one in a hundred, 20 of 2000 are to be expected at most");
    }

    [Fact]
    public void A_site_half_as_slow_again_is_nearly_always_found()
    {
        var random = new Random(7);

        Enumerable.Range(0, 500).Count(_ => Comparison.Of("x", Latencies(random, 30, 1), Latencies(random, 30, 1.5), 0.2, 1).Change == Change.Slower).ShouldBeGreaterThan(450);
    }

    [Fact]
    public void A_certain_difference_below_the_share_or_the_floor_is_too_small_to_matter()
    {
        double[] before = [.. Enumerable.Range(0, 30).Select(number => 100 + number * 0.1)];
        double[] tiny = [.. Enumerable.Range(0, 30).Select(number => 0.2 + number * 0.0001)];

        Comparison.Of("x", before, [.. before.Select(value => value + 10)], 0.2, 1).Change.ShouldBe(Change.SmallDifference);
        Comparison.Of("x", tiny, [.. tiny.Select(value => value * 3)], 0.2, 1).Change.ShouldBe(Change.SmallDifference);
    }

    [Fact]
    public void Few_samples_are_not_enough_to_tell() =>
        Comparison.Of("x", [1, 2, 3, 4, 5], [101, 102, 103, 104, 105], 0.2, 1).Change.ShouldBe(Change.NotEnoughToTell);

    [Fact]
    public async Task A_site_that_became_slower_is_found_with_fresh_samples()
    {
        var slow = false;
        await using var site = await TestSite.StartAsync(async answer =>
        {
            if (slow)
                await Task.Delay(TimeSpan.FromMilliseconds(60), TimeProvider.System, answer.RequestAborted);
            await answer.Response.WriteAsync("ok", Token);
        }, Token);
        await using var database = await server.CreateDatabaseAsync(Token);
        var configuration = Configuration(database.Settings, site.Url);
        await _harness.RunAsync(Token, Before(configuration, database.Door));
        slow = true;

        var end = await _harness.RunAsync(Token, new ResponseTimeStep(configuration, _http, Redactor.None));

        end.Summary.ShouldBe("1 slower");
        end.Status.ShouldBe(StepStatus.Attention);
        _harness.Findings(Id).Single(finding => finding.Code == "slower").Message.ShouldContain("Slower, and beyond noise. home: median");
        _harness.Measures(Id).Count(measure => measure.Name == "latency_p50").ShouldBe(2);
        _harness.Facts<ArtifactWritten>(Id).Select(fact => fact.Artifact.Path).ShouldBe(["verification/response-times.csv", "verification/response-time.json"]);
    }

    [Fact]
    public async Task An_unreachable_site_fails_and_has_no_response_time()
    {
        await using var database = await server.CreateDatabaseAsync(Token);

        var end = await _harness.RunAsync(Token, new ResponseTimeStep(Configuration(database.Settings, new Uri("http://127.0.0.1:1/")), _http, Redactor.None));

        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason.ShouldBe("no response time, because no request succeeded: home: 127.0.0.1:1 refused the connection");
        _harness.Measures(Id).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_look_before_the_times_are_measured_and_not_compared()
    {
        await using var site = await TestSite.StartAsync(answer => answer.Response.WriteAsync("ok"), Token);
        await using var database = await server.CreateDatabaseAsync(Token);

        var end = await _harness.RunAsync(Token, new ResponseTimeStep(Configuration(database.Settings, site.Url), _http, Redactor.None));

        (end.Status, end.Summary).ShouldBe((StepStatus.Succeeded, "measured; not compared"));
        _harness.Findings(Id).Single().Code.ShouldBe("comparison-not-checked");
    }

    [Fact]
    public async Task Health_that_was_good_and_is_bad_now_fails_the_verification()
    {
        var broken = false;
        await using var site = await TestSite.StartAsync(answer => { answer.Response.StatusCode = broken ? 500 : 200; return Task.CompletedTask; }, Token);
        await using var database = await server.CreateDatabaseAsync(Token);
        var configuration = Configuration(database.Settings, site.Url);
        await _harness.RunAsync(Token, Before(configuration, database.Door));
        broken = true;

        var end = await _harness.RunAsync(Token, After(configuration, database.Door));

        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason!.ShouldContain("worse than before the work: home was good and fails");
    }

    [Fact]
    public async Task Health_without_a_look_before_is_looked_at_and_not_compared()
    {
        await using var site = await TestSite.StartAsync(answer => answer.Response.WriteAsync("ok"), Token);
        await using var database = await server.CreateDatabaseAsync(Token);

        var end = await _harness.RunAsync(Token, After(Configuration(database.Settings, site.Url), database.Door));

        (end.Status, end.Summary.EndsWith("not compared", StringComparison.Ordinal)).ShouldBe((StepStatus.Succeeded, true));
        _harness.Findings("verification.health").Select(finding => finding.Code).ShouldContain("comparison-not-checked");
    }

    private UpkeepConfiguration Configuration(DatabaseSettings database, Uri url) => new()
    {
        Platform = "Test",
        Database = database,
        Root = _harness.Root,
        Backup = new BackupSettings { Folder = _harness.Root },
        Health = new HealthSettings { Endpoints = [new EndpointSettings { Name = "home", Url = url }], Samples = 15, MinFreeDiskShare = 0 },
    };

    private Upkeep.Preparation.Health.HealthStep Before(UpkeepConfiguration configuration, DatabaseDoor door) =>
        new Upkeep.Preparation.Health.HealthStep(configuration, new HealthLook(configuration, door, _http), Redactor.None);

    private Upkeep.Verification.Health.HealthStep After(UpkeepConfiguration configuration, DatabaseDoor door) =>
        new Upkeep.Verification.Health.HealthStep(configuration, new HealthLook(configuration, door, _http), Redactor.None);

    // Log-normal with a long tail, as latencies are: median 20 ms, and one in twenty requests takes five times as long.
    private static double[] Latencies(Random random, int count, double factor) =>
        [.. Enumerable.Range(0, count).Select(_ =>
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            return factor * 20 * Math.Exp(0.25 * normal) * (random.NextDouble() < 0.05 ? 5 : 1);
        })];
}
