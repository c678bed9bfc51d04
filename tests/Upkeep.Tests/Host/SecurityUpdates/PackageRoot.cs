using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Upkeep.Configuration;
using Upkeep.Host.SecurityUpdates;
using Upkeep.Processes;
using Upkeep.Redaction;
using Upkeep.Testing;

namespace Upkeep.Tests.Host.SecurityUpdates;

/// <summary>
/// A root folder of the test's own with the real apt and dpkg, and two archives beside it: one whose Release file says that it is for security, and
/// one that doesn't. The machine's own packages are nobody's business here.
/// </summary>
internal sealed class PackageRoot : IDisposable
{
    public const string Id = "host.security-updates";
    private static readonly string[] _archives = ["main", "security"];
    private readonly List<(string Archive, string Control, string File)> _packages = [];

    public PackageRoot(TimeProvider? time = null)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "dpkg installs as root only, also into a folder.");
        Assert.SkipUnless(File.Exists("/usr/bin/apt-get") && File.Exists("/usr/bin/dpkg-deb"), "This machine has no apt and dpkg.");
        Harness = new StepHarness(time);
        foreach (var folder in new[] { "etc/apt/apt.conf.d", "etc/apt/preferences.d", "etc/apt/sources.list.d", "etc/apt/trusted.gpg.d", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "var/log/apt", "var/lib/dpkg/updates", "var/lib/dpkg/info", "run" })
            Directory.CreateDirectory(In(folder));
        File.WriteAllText(In("var/lib/dpkg/status"), "");
        File.WriteAllText(AptConfig, $$"""
            Dir "{{Folder}}/";
            Dir::State::status "{{In("var/lib/dpkg/status")}}";
            Dir::Bin::methods "/usr/lib/apt/methods";
            Dir::Bin::dpkg "/usr/bin/dpkg";
            APT::Architecture "amd64";
            APT::Sandbox::User "root";
            Acquire::Retries "0";
            DPkg::Options { "--root={{Folder}}"; "--force-script-chrootless"; };

            """);
        Sources(string.Join('\n', _archives.Select(archive => $"deb [trusted=yes] file:{Folder}.{archive} x main")));
        Programs = new ProgramDoor(Redactor.None, Harness.Time);
        Tools = new PackageTools(Programs, Harness.Time) { Variables = new Dictionary<string, string?> { ["APT_CONFIG"] = AptConfig } };
    }

    public StepHarness Harness { get; }
    public PackageTools Tools { get; set; }
    public ProgramDoor Programs { get; }
    public string Folder { get; } = Directory.CreateTempSubdirectory("upkeep-packages-").FullName;
    public string AptConfig => Folder + ".conf";
    public SecurityUpdateSettings Settings { get; set; } = new() { Apply = true, LockWait = TimeSpan.FromSeconds(30) };

    public SecurityUpdatesStep Step => new(Settings, Tools, static () => [], Redactor.None);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public string In(string path) => Path.Combine(Folder, path);

    public void Sources(string text) => File.WriteAllText(In("etc/apt/sources.list"), text + "\n");

    /// <summary>Makes a package for one of the archives, with a file and a configuration file that say its version.</summary>
    /// <param name="fields">More lines of its control file.</param>
    /// <param name="postinst">What it does when it is configured; null for nothing.</param>
    public async Task<PackageRoot> AddAsync(string name, string version, string archive = "main", string? fields = null, string? postinst = null)
    {
        var tree = Directory.CreateTempSubdirectory("upkeep-deb-").FullName;
        foreach (var folder in new[] { "DEBIAN", "etc", $"usr/share/{name}" })
            Directory.CreateDirectory(Path.Combine(tree, folder));
        var control = $"Package: {name}\nVersion: {version}\nArchitecture: amd64\nMaintainer: Test <test@example>\n{(fields is null ? "" : fields + "\n")}Description: of a test\n";
        await File.WriteAllTextAsync(Path.Combine(tree, "DEBIAN/control"), control, Token);
        await File.WriteAllTextAsync(Path.Combine(tree, "DEBIAN/conffiles"), $"/etc/{name}.conf\n", Token);
        await File.WriteAllTextAsync(Path.Combine(tree, $"etc/{name}.conf"), $"of {version}\n", Token);
        await File.WriteAllTextAsync(Path.Combine(tree, $"usr/share/{name}/version"), version, Token);
        if (postinst is not null)
        {
            var script = Path.Combine(tree, "DEBIAN/postinst");
            await File.WriteAllTextAsync(script, $"#!/bin/sh\nset -e\n{postinst}\n", Token);
            File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        }
        Directory.CreateDirectory($"{Folder}.{archive}/pool");
        var file = $"pool/{name}_{version.Replace(":", "%3a", StringComparison.Ordinal)}_amd64.deb";
        await RunAsync("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, $"{Folder}.{archive}/{file}");
        Directory.Delete(tree, recursive: true);
        _packages.Add((archive, control, file));
        return this;
    }

    /// <summary>Takes a version out of an archive, as it goes when a newer one comes.</summary>
    public void Withdraw(string name, string version)
    {
        _packages.RemoveAll(package => package.Control.StartsWith($"Package: {name}\nVersion: {version}\n", StringComparison.Ordinal));
        foreach (var archive in _archives)
            File.Delete($"{Folder}.{archive}/pool/{name}_{version}_amd64.deb");
        Publish();
    }

    /// <summary>Writes the archives' indexes.</summary>
    public PackageRoot Publish()
    {
        foreach (var archive in _archives)
        {
            var index = new StringBuilder();
            foreach (var (_, control, file) in _packages.Where(package => package.Archive == archive))
            {
                var bytes = File.ReadAllBytes($"{Folder}.{archive}/{file}");
                index.Append(CultureInfo.InvariantCulture, $"{control}Filename: {file}\nSize: {bytes.Length}\nSHA256: {Convert.ToHexStringLower(SHA256.HashData(bytes))}\n\n");
            }
            var dist = $"{Folder}.{archive}/dists/x";
            Directory.CreateDirectory($"{dist}/main/binary-amd64");
            var text = Encoding.UTF8.GetBytes(index.ToString());
            File.WriteAllBytes($"{dist}/main/binary-amd64/Packages", text);
            var names = archive == "security" ? "Label: Test-Security\nSuite: stable-security" : "Label: Test\nSuite: stable";
            File.WriteAllText($"{dist}/Release", string.Create(CultureInfo.InvariantCulture,
                $"Origin: Test\n{names}\nCodename: x\nDate: {Harness.Time.GetUtcNow():R}\nArchitectures: amd64\nComponents: main\nSHA256:\n {Convert.ToHexStringLower(SHA256.HashData(text))} {text.Length} main/binary-amd64/Packages\n"));
        }
        return this;
    }

    /// <summary>Installs by hand, as an administrator did once.</summary>
    public async Task<PackageRoot> InstallAsync(params string[] targets)
    {
        await AptAsync("update");
        await AptAsync(["install", "-y", "--allow-downgrades", .. targets]);
        return this;
    }

    public Task AptAsync(params string[] arguments) => RunAsync("apt-get", ["-q", .. arguments]);

    public async Task RunAsync(string program, params string[] arguments)
    {
        var result = await Programs.RunAsync(program, arguments, new Dictionary<string, string?>(Tools.Variables) { ["DEBIAN_FRONTEND"] = "noninteractive" }, null, Token);
        result.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {result.Output} {result.Error}");
    }

    /// <summary>What is installed, whole, by dpkg's own word: <c>alpha 1.0</c>; others with their status.</summary>
    public async Task<IReadOnlyList<string>> VersionsAsync()
    {
        var result = await Programs.RunAsync("dpkg-query", [$"--admindir={In("var/lib/dpkg")}", "--show", "--showformat=${Package} ${Version} ${db:Status-Status}\n"], new Dictionary<string, string?>(), null, Token);
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Replace(" installed", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    public void Dispose()
    {
        Harness.Dispose();
        foreach (var folder in new[] { Folder, Folder + ".main", Folder + ".security" }.Where(Directory.Exists))
            Directory.Delete(folder, recursive: true);
        File.Delete(AptConfig);
    }
}
