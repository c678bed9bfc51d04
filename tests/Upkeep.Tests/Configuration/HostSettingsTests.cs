using Upkeep.Configuration;

namespace Upkeep.Tests.Configuration;

public sealed class HostSettingsTests : IDisposable
{
    private readonly ConfigurationFixture _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("https://a.test", "a.test", 443, TlsOpening.None)]
    [InlineData("postgres://db.test", "db.test", 5432, TlsOpening.Postgres)]
    [InlineData("smtp://mail.test:587", "mail.test", 587, TlsOpening.Smtp)]
    [InlineData("tls://[::1]:636", "::1", 636, TlsOpening.None)]
    public void An_address_says_where_and_how(string written, string host, int port, TlsOpening opening) =>
        TlsAddress.Of(written).ShouldBe(new TlsAddress(host, port, opening));

    [Theory]
    [InlineData("{endpoints: ['tls://a.test']}", "endpoints[0]", "no address")]
    [InlineData("{endpoints: ['ftp://a.test']}", "endpoints[0]", "no address")]
    [InlineData("{endpoints: ['https://a.test', 'https://a.test']}", "endpoints[1]", "earlier")]
    [InlineData("{files: [{path: a.pem, endpoint: 'https://a.test'}]}", "files[0].endpoint", "isn't among")]
    [InlineData("{warnDays: 5}", "criticalDays", "before the warning")]
    [InlineData("{timeout: 0s}", "timeout", "within 0")]
    public void What_can_not_work_is_told_with_its_place(string certificates, string key, string words)
    {
        var problem = _files.Only(ConfigurationFixture.Smallest + $"host: {{certificates: {certificates}}}\n");

        problem.Key.ShouldBe($"host.certificates.{key}");
        problem.Message.ShouldContain(words);
    }

    [Theory]
    [InlineData("{memoryAvailable: 110%}", "memoryAvailable", "")]
    [InlineData("{exceptMounts: [srv]}", "exceptMounts[0]", "no mount point")]
    [InlineData("{exceptMounts: [/srv/]}", "exceptMounts[0]", "no mount point")]
    [InlineData("{exceptUnits: [backup]}", "exceptUnits[0]", "no ending")]
    [InlineData("{fullWithin: 0 days}", "fullWithin", "within 0")]
    [InlineData("{clockOffset: 0s}", "clockOffset", "off by 0")]
    [InlineData("{timeout: 0s}", "timeout", "within 0")]
    public void Limits_of_resources_that_can_not_be_meant_are_told_with_their_place(string resources, string key, string words)
    {
        var problem = _files.Only(ConfigurationFixture.Smallest + $"host: {{resources: {resources}}}\n");

        problem.Key.ShouldBe($"host.resources.{key}");
        problem.Message.ShouldContain(words);
    }

    [Theory]
    [InlineData("/", "the whole machine")]
    [InlineData("//", "lead to and fro")]
    [InlineData("tmp", "a relative path")]
    [InlineData("~/tmp", "a relative path")]
    [InlineData("/srv/app/../..", "lead to and fro")]
    [InlineData("/etc", "a folder of the system")]
    [InlineData("/usr/local/share/x/", "in /usr, a folder of the system")]
    [InlineData("/var", "which many programs share")]
    [InlineData("/var/lib", "which many programs share")]
    [InlineData("/var/lib/postgresql/15", "a folder of the system")]
    [InlineData("/home", "which many programs share")]
    [InlineData("/dev/shm", "a folder of the system")]
    [InlineData("/var/www", "the home folder of www-data")]
    public void A_folder_that_must_not_be_cleaned_is_refused_with_its_line(string folder, string words)
    {
        var problem = _files.Only(ConfigurationFixture.Smallest + $"host:\n  diskCleanup:\n    rules:\n      - folder: '{folder}'\n");

        problem.Key.ShouldBe("host.diskCleanup.rules[0].folder");
        problem.Line.ShouldBe(7);
        problem.Message.ShouldContain(words);
    }

    [Fact]
    public void What_upkeep_keeps_itself_is_not_cleaned_nor_what_it_is_in()
    {
        foreach (var folder in new[] { _files.Folder, Path.Combine(_files.Folder, "maintenance/old") })
            _files.Only(ConfigurationFixture.Smallest + $"host: {{diskCleanup: {{rules: [{{folder: '{folder}'}}]}}}}\nbackup: {{folder: /elsewhere}}\n").Message.ShouldContain("which Upkeep keeps itself");
    }

    [Fact]
    public void Folders_of_programs_can_be_cleaned() =>
        _files.Right(ConfigurationFixture.Smallest + "host: {diskCleanup: {rules: [{folder: /srv/app/tmp, pattern: '*.tmp', unusedFor: 2 days, keepNewest: 3, keepFree: 10 GiB, emptyFolders: true}], packageCache: autoclean, images: {engine: podman}}}\n")
            .Host.DiskCleanup.Rules.ShouldHaveSingleItem().KeepFree.ShouldBe(10L << 30);
}
