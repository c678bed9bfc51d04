using System.Text.Json.Nodes;
using Upkeep.Application.Dependencies;
using Upkeep.Configuration;
using Upkeep.Journal;

namespace Upkeep.Tests.Application;

public sealed class DependenciesStepTests : IAsyncDisposable
{
    private const string Id = "application.dependencies";
    private readonly ApplicationBench _bench = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.2.3", "1.2.4", Distance.Patch)]
    [InlineData("1.2.3", "1.3.0", Distance.Minor)]
    [InlineData("1.9.9", "4.0.0", Distance.Major)]
    [InlineData("0.4.0", "0.5.0", Distance.Major)]
    [InlineData("0.0.3", "0.0.4", Distance.Major)]
    [InlineData("0.4.1", "0.4.2", Distance.Patch)]
    [InlineData("2.0.0-beta.2", "2.0.0", Distance.Patch)]
    [InlineData("2.0.0", "2.0.0-beta.2", Distance.None)]
    [InlineData("8.0.0.1", "8.0.0.2", Distance.Patch)]
    [InlineData("github:me/it", "1.0.0", Distance.Unknown)]
    public void How_far_behind_is_told_by_semantic_versioning(string current, string latest, Distance behind) => Versions.Between(current, latest).Behind.ShouldBe(behind);

    [Fact]
    public async Task Npm_packages_are_told_with_distance_origin_pin_and_age()
    {
        await using var registry = await RegistryAsync();
        Write(registry);

        var end = await _bench.RunAsync(_bench.Settings, Id, Token);

        end.Status.ShouldBe(StepStatus.Attention, end.Reason);
        var packages = Survey().Projects.ShouldHaveSingleItem().Packages;
        packages.Select(one => (one.Name, one.Current, one.Latest, one.Behind, one.Direct, one.Pinned)).ShouldBe(
        [
            ("direct", "1.0.0", "3.1.0", Distance.Major, true, true), ("below", "2.0.0", "2.0.1", Distance.Patch, false, null), ("other", "1.1.0", "1.2.0", Distance.Minor, true, false),
        ], ignoreOrder: true);
        packages.Single(one => one.Name == "direct").Published!.Value.Year.ShouldBe(2019);
        _bench.Harness.Findings(Id).ShouldHaveSingleItem().Message.ShouldContain("direct 1.0.0 (newest 3.1.0)");
        _bench.Harness.Measures(Id).Select(measure => (measure.Name, measure.Value)).ShouldBe([("major_behind", 1), ("minor_behind", 1), ("patch_behind", 0), ("brought_in_behind", 1)]);
        Directory.Exists(Path.Combine(_bench.Source, "node_modules")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_package_that_several_ask_for_is_told_once()
    {
        await using var registry = (await NpmRegistry.StartAsync(Token)).Publish("one", "1.0.0", dependencies: new() { ["shared"] = "1.0.0" }).Publish("two", "1.0.0", dependencies: new() { ["shared"] = "1.0.0" })
            .Publish("shared", "1.0.0").Publish("shared", "2.0.0");
        _bench.Write(".npmrc", $"registry={registry.Url}\n");
        _bench.Write("package.json", """{ "name": "app", "dependencies": { "one": "1.0.0", "two": "1.0.0", "shared": "1.0.0" } }""");
        _bench.Write("package-lock.json", """
            { "name": "app", "lockfileVersion": 3, "packages": { "": { "name": "app", "dependencies": { "one": "1.0.0", "two": "1.0.0", "shared": "1.0.0" } },
              "node_modules/one": { "version": "1.0.0", "dependencies": { "shared": "1.0.0" } }, "node_modules/two": { "version": "1.0.0", "dependencies": { "shared": "1.0.0" } },
              "node_modules/shared": { "version": "1.0.0" } } }
            """);

        await _bench.RunAsync(_bench.Settings, Id, Token);

        Survey().Projects.ShouldHaveSingleItem().Packages.ShouldHaveSingleItem().Name.ShouldBe("shared");
    }

    [Fact]
    public async Task Packages_are_kept_from_week_to_week_and_a_command_can_not_spoil_them()
    {
        await using var registry = await RegistryAsync();
        Write(registry);
        var settings = _bench.Settings with { Tests = ApplicationBench.Shell("[ -f node_modules/direct/package.json ] && echo spoilt > node_modules/direct/package.json") };
        (await _bench.RunAsync(settings, "application.tests", Token)).Status.ShouldBe(StepStatus.Succeeded);
        registry.Documents = NpmRegistry.Refuses(503);
        Directory.Delete(Path.Combine(_bench.Work, "npm"), recursive: true);

        (await _bench.RunAsync(settings with { Tests = ApplicationBench.Shell("grep -q version node_modules/direct/package.json") }, "application.tests", Token)).Status.ShouldBe(StepStatus.Succeeded);
        File.GetUnixFileMode(_bench.Work).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Theory]
    [InlineData("closed")]
    [InlineData("html")]
    [InlineData("silent")]
    public async Task A_registry_that_does_not_answer_as_one_is_not_checked_and_never_up_to_date(string how)
    {
        await using var registry = await RegistryAsync();
        Write(registry);
        await _bench.RunAsync(_bench.Settings with { Tests = ApplicationBench.Shell("true") }, "application.tests", Token);
        Directory.Delete(Path.Combine(_bench.Work, "npm"), recursive: true);
        registry.Documents = how switch { "html" => NpmRegistry.Html, "silent" => NpmRegistry.Silent, _ => NpmRegistry.Refuses(500) };

        var end = await _bench.RunAsync(_bench.Settings with { Dependencies = new DependencySettings { Timeout = TimeSpan.FromSeconds(3) } }, Id, Token);

        end.Status.ShouldBe(StepStatus.Skipped);
        _bench.Harness.Findings(Id).ShouldHaveSingleItem().Code.ShouldBe("dependencies-not-checked");
        _bench.Harness.Measures(Id).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_lock_file_that_is_missing_or_out_of_step_is_a_finding()
    {
        await using var registry = await RegistryAsync();
        Write(registry);
        File.Delete(Path.Combine(_bench.Source, "package-lock.json"));
        await _bench.RunAsync(_bench.Settings, Id, Token);
        _bench.Harness.Findings(Id).Select(finding => finding.Code).ShouldBe(["lock-missing", "dependencies-not-checked"]);

        Write(registry, asked: "^2.0.0");
        await _bench.RunAsync(_bench.Settings, Id, Token);
        _bench.Harness.Findings(Id).Single(finding => finding.Code == "lock-out-of-step").Message.ShouldContain("other ^2.0.0 (locked for ^1.0.0)");
    }

    [Fact]
    public async Task A_manifest_that_is_not_JSON_is_a_finding_with_file_and_line_and_the_rest_is_looked_at()
    {
        await using var registry = await RegistryAsync();
        Write(registry);
        _bench.Write("admin/package.json", "{\n  \"name\": \"admin\",\n  broken\n}");

        await _bench.RunAsync(_bench.Settings, Id, Token);

        _bench.Harness.Findings(Id).Single(finding => finding.Code == "manifest-unreadable").Message.ShouldStartWith("admin/package.json:3 can't be read");
        Survey().Projects.ShouldHaveSingleItem().Packages.Count.ShouldBe(3);
    }

    [Fact]
    public async Task No_package_manager_is_not_checked_and_any_other_is_asked_by_a_command()
    {
        (await _bench.RunAsync(_bench.Settings, Id, Token)).Status.ShouldBe(StepStatus.Skipped);

        var command = ApplicationBench.Shell("""echo '[{"name":"flask","current":"2.0.0","latest":"3.1.0"},{"name":"same","current":"1","latest":"1"}]'""");
        await _bench.RunAsync(_bench.Settings with { Dependencies = new DependencySettings { Command = command } }, Id, Token);

        Survey().Projects.ShouldHaveSingleItem().Packages.ShouldHaveSingleItem().Behind.ShouldBe(Distance.Major);
    }

    [Fact]
    public async Task Two_package_managers_are_told_and_two_ecosystems_are_both_looked_at()
    {
        await using var registry = await RegistryAsync();
        await using var source = await NugetSource.StartAsync(Token);
        Write(registry);
        _bench.Write("yarn.lock", "");
        source.Write(_bench, "api");

        await _bench.RunAsync(_bench.Settings, Id, Token);

        _bench.Harness.Findings(Id).ShouldContain(finding => finding.Code == "lock-files-of-two");
        var projects = Survey().Projects;
        projects.Select(project => (project.Name, project.Problem)).ShouldBe([("package.json", null), ("api/app.csproj", null)]);
        var below = projects[1].Packages.ShouldHaveSingleItem();
        (below.Name, below.Current, below.Latest, below.Behind, below.Direct).ShouldBe(("below", "1.0.0", "2.0.0", Distance.Major, false));
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    private DependencySurvey Survey() => JournalJson.FromElement<DependencySurvey>(_bench.Harness.Facts<StepSurveyed>(Id)[^1].Survey);

    private static async Task<NpmRegistry> RegistryAsync() => (await NpmRegistry.StartAsync(Token))
        .Publish("direct", "1.0.0", "2019-05-01T00:00:00Z", new JsonObject { ["below"] = "2.0.0" }).Publish("direct", "3.1.0")
        .Publish("below", "2.0.0").Publish("below", "2.0.1").Publish("other", "1.1.0").Publish("other", "1.2.0");

    private void Write(NpmRegistry registry, string asked = "^1.0.0")
    {
        _bench.Write(".npmrc", $"registry={registry.Url}\n");
        _bench.Write("package.json", $$"""{ "name": "app", "dependencies": { "direct": "1.0.0", "other": "{{asked}}" } }""");
        _bench.Write("package-lock.json", """
            { "name": "app", "lockfileVersion": 3, "packages": {
              "": { "name": "app", "dependencies": { "direct": "1.0.0", "other": "^1.0.0" } },
              "node_modules/direct": { "version": "1.0.0", "dependencies": { "below": "2.0.0" } },
              "node_modules/below": { "version": "2.0.0" },
              "node_modules/other": { "version": "1.1.0" } } }
            """);
    }
}
