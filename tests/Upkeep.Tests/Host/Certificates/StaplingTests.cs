using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Host.Certificates;
using Upkeep.Journal;
using Upkeep.Redaction;
using Upkeep.Testing;

namespace Upkeep.Tests.Host.Certificates;

/// <summary>Debian's nginx, and what it brings along of its certificate's authority.</summary>
public sealed class StaplingTests : IDisposable
{
    private const string Id = "host.certificates";
    private readonly string _folder = Directory.CreateTempSubdirectory("upkeep-stapling-").FullName;
    private readonly StepHarness _harness = new();
    private readonly TestAuthority _authority = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("good", false, null)]
    [InlineData("good", true, null)]
    [InlineData("revoked", false, "certificate-revoked")]
    [InlineData("none", true, "certificate-not-stapled")]
    [InlineData("none", false, null)]
    public async Task What_nginx_staples_is_heeded(string stapled, bool must, string? code)
    {
        using var certificate = _authority.Server(mustStaple: must);
        var response = stapled == "none" ? null : await _authority.AnswerAsync(_folder, certificate, stapled == "revoked", Token);
        await using var nginx = await NginxSite.StartAsync(_folder, certificate, _authority.Issuer, response);

        var end = await LookAsync(nginx);

        _harness.Findings(Id).Select(finding => finding.Code).ShouldBe(code is null ? [] : [code]);
        end.Status.ShouldBe(code is null ? StepStatus.Succeeded : StepStatus.Attention);
    }

    [Fact]
    public async Task A_renewed_certificate_that_nginx_was_not_told_of_is_told()
    {
        using var certificate = _authority.Server(toDays: 40);
        await using var nginx = await NginxSite.StartAsync(_folder, certificate, _authority.Issuer, null);
        using var renewed = _authority.Server(toDays: 89);
        await nginx.RenewAsync(renewed, _authority.Issuer);

        await LookAsync(nginx);

        var finding = _harness.Findings(Id).ShouldHaveSingleItem();
        finding.Code.ShouldBe("certificate-not-reloaded");
        finding.Message.ShouldContain(TestAuthority.Now.AddDays(89).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _harness.Dispose();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<StepEnded> LookAsync(NginxSite nginx)
    {
        var root = Path.Combine(_folder, "root.pem");
        File.WriteAllText(root, _authority.Root.ExportCertificatePem());
        var endpoint = $"https://localhost:{nginx.Port}";
        return _harness.RunAsync(Token, new CertificatesStep(new CertificateSettings { Endpoints = [endpoint], Files = [new CertificateFileSettings { Path = nginx.CertificateFile, Endpoint = endpoint }], Authorities = root }, () => [], Redactor.None, TimeProvider.System));
    }
}
