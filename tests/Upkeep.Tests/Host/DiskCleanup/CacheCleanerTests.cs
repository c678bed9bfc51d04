using Upkeep.Configuration;
using Upkeep.Host.DiskCleanup;
using Upkeep.Journal;
using Upkeep.Testing;

namespace Upkeep.Tests.Host.DiskCleanup;

/// <summary>The real apt-get with a cache of the test's own, and small programs that speak as the container engines do.</summary>
public sealed class CacheCleanerTests : IDisposable
{
    private readonly CleanupFolder _place = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Apts_cache_is_measured_and_cleaned_by_apt_get_itself()
    {
        var caches = Apt();
        Deb("libfoo_1.2-3_amd64.deb", 9000);
        Deb("bar_1%3a2.0_all.deb", 100);
        File.WriteAllText(Path.Combine(Archives, "lock"), "");
        var settings = new DiskCleanupSettings { PackageCache = PackageCacheWay.Clean };

        using var planning = new StepHarness();
        (await planning.RunAsync(dryRun: true, Token, _place.Step(settings, caches))).Summary!.ShouldStartWith("would: remove apt's cache of packages (16 KiB) by /usr/bin/apt-get ");
        Debs().Count.ShouldBe(2);
        var end = await _place.Harness.RunAsync(Token, _place.Step(settings, caches));

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        end.Summary!.ShouldContain("cleaned apt's cache of packages");
        Debs().ShouldBeEmpty();
        using var again = new StepHarness();
        (await again.RunAsync(Token, _place.Step(settings, caches))).Status.ShouldBe(StepStatus.Succeeded);
        again.Facts<CheckpointReached>(CleanupFolder.Id).ShouldBeEmpty();
    }

    [Fact]
    public async Task Autoclean_takes_what_no_archive_has_any_more_and_its_size_is_known_before()
    {
        var caches = Apt();
        Deb("libfoo_1.2-3_amd64.deb", 9000);
        Deb("bar_1%3a2.0_all.deb", 100);

        var look = await caches.LookAtPackagesAsync(PackageCacheWay.Autoclean, Token);
        var done = await caches.CleanAsync([look], Token);

        look!.Problem.ShouldBeNull();
        look.Bytes.ShouldBe((12 + 4) << 10);
        done.ShouldHaveSingleItem().Problem.ShouldBeNull();
        Debs().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_empty_cache_is_nothing_to_do()
    {
        (await Apt().LookAtPackagesAsync(PackageCacheWay.Clean, Token))!.IsDue.ShouldBeFalse();
        (await Apt().LookAtPackagesAsync(PackageCacheWay.Autoclean, Token))!.IsDue.ShouldBeFalse();
        (await Apt().LookAtPackagesAsync(PackageCacheWay.None, Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Where_apt_get_fails_the_step_does_and_says_what_apt_said()
    {
        var caches = Apt();
        Deb("libfoo_1.2-3_amd64.deb", 9000);
        // apt-get locks the cache it cleans; a folder can't be a lock.
        Directory.CreateDirectory(Path.Combine(Archives, "lock"));

        var end = await _place.Harness.RunAsync(Token, _place.Step(new DiskCleanupSettings { PackageCache = PackageCacheWay.Clean }, caches));

        end.Status.ShouldBe(StepStatus.Failed);
        end.Reason!.ShouldContain("apt-get");
        end.Reason!.ShouldContain("lock");
        Debs().Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(ContainerEngine.Docker, """{"Type":"Images","TotalCount":"4","Active":"1","Size":"1.2GB","Reclaimable":"900MB (75%)"}""")]
    [InlineData(ContainerEngine.Podman, """{"Type":"Images","Total":4,"TotalCount":4,"Active":1,"Size":"1.2GB","Reclaimable":"900MB (75%)"}""")]
    public async Task Images_go_by_the_engines_own_prune_with_the_age_that_is_configured(ContainerEngine engine, string told)
    {
        var name = engine.ToString().ToLowerInvariant();
        var caches = Engine(name, $$"""
            echo "$*" >> "{{Calls}}"
            case "$1" in
              system) echo '{{told}}'; echo '{"Type":"Containers","TotalCount":"2"}';;
              image) echo 'Total reclaimed space: 900MB';;
            esac
            """);
        var settings = new DiskCleanupSettings { Images = new ImageCleanupSettings { Engine = engine, Unused = true, OlderThan = TimeSpan.FromDays(30) } };

        using var planning = new StepHarness();
        (await planning.RunAsync(dryRun: true, Token, _place.Step(settings, caches))).Summary.ShouldBe($"would: remove {name}'s images by {name} image prune --force --all --filter until=720h");
        var end = await _place.Harness.RunAsync(Token, _place.Step(settings, caches));

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        end.Summary!.ShouldContain($"cleaned {name}'s images");
        File.ReadAllLines(Calls).Count(call => call.StartsWith("image", StringComparison.Ordinal)).ShouldBe(1);
        File.ReadAllLines(Calls).ShouldContain("image prune --force --all --filter until=720h");
    }

    [Fact]
    public async Task Without_images_nothing_is_run_and_an_engine_that_does_not_answer_is_not_checked()
    {
        var settings = new ImageCleanupSettings();
        var none = await Engine("docker", """echo '{"Type":"Images","TotalCount":"0"}'""").LookAtImagesAsync(settings, Token);
        var silent = await Engine("docker", "echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.' >&2; exit 1").LookAtImagesAsync(settings, Token);
        var odd = await Engine("docker", "echo '<html>proxy</html>'").LookAtImagesAsync(settings, Token);
        var missing = await WithoutEngines().LookAtImagesAsync(settings, Token);

        none!.IsDue.ShouldBeFalse();
        silent!.Problem!.ShouldContain("Cannot connect to the Docker daemon");
        silent.Hint!.ShouldContain("docker system df");
        // What it said isn't understood: whether there is something to do, its own prune decides.
        odd!.IsDue.ShouldBeTrue();
        missing!.Problem.ShouldBe("there is no docker here");
    }

    public void Dispose() => _place.Dispose();

    private string Archives => Path.Combine(_place.Root, "cache/archives");

    private string Calls => Path.Combine(_place.Root, "calls");

    private CacheCleaner Apt()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/apt-get"), "This machine has no apt.");
        foreach (var folder in new[] { "cache/archives/partial", "state/lists/partial", "etc" })
            Directory.CreateDirectory(Path.Combine(_place.Root, folder));
        File.WriteAllText(Path.Combine(_place.Root, "etc/sources.list"), "");
        File.WriteAllText(Path.Combine(_place.Root, "state/status"), "");
        return CleanupFolder.Caches(
            "-o", $"Dir::Cache={_place.Root}/cache", "-o", $"Dir::State={_place.Root}/state", "-o", $"Dir::State::status={_place.Root}/state/status",
            "-o", $"Dir::Etc={_place.Root}/etc", "-o", "Dir::Etc::sourceparts=/dev/null", "-o", $"Dir::Log={_place.Root}", "-o", "APT::Sandbox::User=root");
    }

    // A real one: apt reads names and versions from the package.
    private void Deb(string name, int bytes)
    {
        if (name.Split('_') is not [var package, var version, var end])
            throw new ArgumentException("Not a package's file.", nameof(name));
        var tree = Directory.CreateDirectory(Path.Combine(_place.Root, "deb", package)).FullName;
        Directory.CreateDirectory(Path.Combine(tree, "DEBIAN"));
        File.WriteAllText(Path.Combine(tree, "DEBIAN/control"), $"Package: {package}\nVersion: {Uri.UnescapeDataString(version)}\nArchitecture: {Path.GetFileNameWithoutExtension(end)}\nMaintainer: Test <test@example>\nDescription: of a test\n");
        var data = new byte[bytes];
        new Random(1).NextBytes(data);
        File.WriteAllBytes(Path.Combine(tree, "data"), data);
        PostgresServer.Programs.RunAsync("dpkg-deb", ["--root-owner-group", "-b", tree, Path.Combine(Archives, name)], new Dictionary<string, string?>(), null, Token).GetAwaiter().GetResult().ExitCode.ShouldBe(0);
    }

    private List<string> Debs() => [.. Directory.GetFiles(Archives, "*.deb")];

    private CacheCleaner WithoutEngines()
    {
        var bin = Directory.CreateDirectory(Path.Combine(_place.Root, "bare")).FullName;
        foreach (var program in new[] { "/usr/bin/env", "/usr/bin/setpriv" })
            File.CreateSymbolicLink(Path.Combine(bin, Path.GetFileName(program)), program);
        return new CacheCleaner(PostgresServer.Programs, []) { Variables = new Dictionary<string, string?> { ["PATH"] = bin } };
    }

    private CacheCleaner Engine(string name, string script) => _place.WithProgram(name, script);
}
