using Upkeep.Application.Audit;
using Upkeep.Configuration;
using Upkeep.Journal;

namespace Upkeep.Tests.Application;

public sealed class SecurityAuditStepTests : IAsyncDisposable
{
    private const string Id = "application.security-audit";
    private readonly ApplicationBench _bench = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Vulnerabilities_are_told_by_severity_with_the_way_in_and_the_fix()
    {
        await using var registry = await RegistryAsync();
        registry.Advisories = NpmRegistry.Says(new Dictionary<string, object>
        {
            ["below"] = new[] { new { id = 1, url = "https://advisories.test/1", title = "Runs anything", severity = "critical", vulnerable_versions = "<2.0.1", cwe = Array.Empty<string>() } },
            ["other"] = new[] { new { id = 2, url = "https://advisories.test/2", title = "Tells too much", severity = "moderate", vulnerable_versions = "*", cwe = Array.Empty<string>() } },
        });

        var end = await AuditAsync();

        end.Status.ShouldBe(StepStatus.Attention, end.Reason);
        var critical = _bench.Harness.Findings(Id).Single(finding => finding.Severity == Severity.Critical);
        critical.Code.ShouldBe("vulnerability-critical");
        critical.Message.ShouldContain("package.json: below 2.0.0 has a critical vulnerability: Runs anything (brought in by direct > below)");
        critical.Hint!.ShouldContain("Fixed by");
        _bench.Harness.Findings(Id).ShouldContain(finding => finding.Code == "vulnerabilities-moderate");
        Survey().Projects.ShouldHaveSingleItem().Vulnerabilities.Single(one => one.Package == "other").Fix.ShouldBe("");
        _bench.Harness.Measures(Id).Single(measure => measure.Name == "critical_vulnerabilities").Value.ShouldBe(1);
    }

    [Fact]
    public async Task None_is_said_only_where_the_registry_said_so()
    {
        await using var registry = await RegistryAsync();

        var end = await AuditAsync();

        end.Status.ShouldBe(StepStatus.Succeeded);
        end.Summary.ShouldContain("no known vulnerabilities");
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("forbidden")]
    [InlineData("broken")]
    [InlineData("html")]
    [InlineData("silent")]
    [InlineData("gone")]
    public async Task What_could_not_be_asked_is_not_checked_and_never_zero(string how)
    {
        var registry = await RegistryAsync();
        await using var running = registry;
        registry.Advisories = how switch
        {
            "refused" => NpmRegistry.Refuses(405), "forbidden" => NpmRegistry.Refuses(403, "<html>blocked</html>"), "broken" => NpmRegistry.Refuses(500, "{}"),
            "html" => NpmRegistry.Html, _ => NpmRegistry.Silent,
        };
        if (how == "gone")
            await registry.DisposeAsync();

        var end = await AuditAsync(seconds: 4);

        end.Status.ShouldBe(StepStatus.Skipped, end.Summary);
        _bench.Harness.Findings(Id).ShouldHaveSingleItem().Code.ShouldBe("audit-not-checked");
        _bench.Harness.Measures(Id).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_lock_file_nothing_is_checked()
    {
        await using var registry = await RegistryAsync();
        File.Delete(Path.Combine(_bench.Source, "package-lock.json"));

        var end = await AuditAsync();

        end.Status.ShouldBe(StepStatus.Skipped);
        end.Reason!.ShouldContain("no lock file");
    }

    [Fact]
    public async Task NuGet_packages_are_audited_with_the_way_in_and_the_fixed_version()
    {
        await using var source = await NugetSource.StartAsync(Token);
        source.Write(_bench, ".");

        var end = await AuditAsync();

        end.Status.ShouldBe(StepStatus.Attention, end.Reason);
        var one = Survey().Projects.ShouldHaveSingleItem().Vulnerabilities.ShouldHaveSingleItem();
        (one.Package, one.Version, one.Severity, one.Url, one.Fix).ShouldBe(("below", "1.0.0", VulnerabilitySeverity.Critical, NugetSource.Advisory, "below 2.0.0"));
        one.Path.ShouldBe(["asked", "below"]);
    }

    [Fact]
    public async Task A_NuGet_source_that_knows_of_no_vulnerabilities_is_not_one_that_has_none()
    {
        await using var source = await NugetSource.StartAsync(Token);
        source.KnowsVulnerabilities = false;
        source.Write(_bench, ".");

        var end = await AuditAsync();

        end.Status.ShouldBe(StepStatus.Skipped);
        end.Reason!.ShouldContain("knows of no vulnerabilities");
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    private Task<StepEnded> AuditAsync(int seconds = 60) => _bench.RunAsync(_bench.Settings with { Dependencies = new DependencySettings { Timeout = TimeSpan.FromSeconds(seconds) } }, Id, Token);

    private AuditSurvey Survey() => JournalJson.FromElement<AuditSurvey>(_bench.Harness.Facts<StepSurveyed>(Id)[^1].Survey);

    private async Task<NpmRegistry> RegistryAsync()
    {
        var registry = (await NpmRegistry.StartAsync(Token)).Publish("direct", "1.0.0", dependencies: new() { ["below"] = "^2.0.0" }).Publish("below", "2.0.0").Publish("below", "2.0.1").Publish("other", "1.0.0");
        _bench.Write(".npmrc", $"registry={registry.Url}\n");
        _bench.Write("package.json", """{ "name": "app", "dependencies": { "direct": "1.0.0", "other": "1.0.0" } }""");
        _bench.Write("package-lock.json", """
            { "name": "app", "lockfileVersion": 3, "packages": {
              "": { "name": "app", "dependencies": { "direct": "1.0.0", "other": "1.0.0" } },
              "node_modules/direct": { "version": "1.0.0", "dependencies": { "below": "^2.0.0" } },
              "node_modules/below": { "version": "2.0.0" },
              "node_modules/other": { "version": "1.0.0" } } }
            """);
        return registry;
    }
}
