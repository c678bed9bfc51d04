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
}
