using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Upkeep.Configuration;
using Upkeep.Host.Certificates;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Redaction;
using Upkeep.Testing;

namespace Upkeep.Tests.Host.Certificates;

public sealed class CertificatesStepTests(PostgresServer postgres) : IDisposable
{
    private const string Id = "host.certificates";
    private readonly string _folder = Directory.CreateTempSubdirectory("upkeep-certificates-").FullName;
    private readonly StepHarness _harness = new();
    private readonly TestAuthority _authority = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_good_certificate_has_no_finding_and_its_days_are_drawn_from_week_to_week()
    {
        using var certificate = _authority.Server();
        await using var server = new TlsServer(certificate, _authority.Issuer);
        var endpoint = $"https://127.0.0.1:{server.Port}";

        var end = await RunAsync(Settings(endpoint), [new DaysLeftPoint(TestAuthority.Now.AddDays(-7), endpoint, 96)]);

        _harness.Findings(Id).ShouldBeEmpty();
        end.Status.ShouldBe(StepStatus.Succeeded);
        _harness.Measures(Id).Single(measure => measure.Name == "days_left").Value.ShouldBeInRange(88, 90);
        _harness.Measures(Id).Count(measure => measure.Name == "certificate_days_left").ShouldBe(2);
        _harness.Facts<ArtifactWritten>(Id).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(-60, 20, null, "certificate-expires-soon", Severity.Warning)]
    [InlineData(-60, 3, null, "certificate-expires-soon", Severity.Critical)]
    [InlineData(-60, -1, null, "certificate-expired", Severity.Critical)]
    [InlineData(1, 90, null, "certificate-not-yet-valid", Severity.Critical)]
    [InlineData(-60, 90, "other.test", "certificate-wrong-name", Severity.Critical)]
    public async Task Each_fault_is_a_finding_of_its_own(double from, double to, string? name, string code, Severity severity)
    {
        using var certificate = _authority.Server(from, to, name);
        await using var server = new TlsServer(certificate, _authority.Issuer);

        await RunAsync(Settings($"tls://127.0.0.1:{server.Port}"));

        var finding = _harness.Findings(Id).ShouldHaveSingleItem();
        (finding.Code, finding.Severity).ShouldBe((code, severity));
    }

    [Fact]
    public async Task A_missing_intermediate_and_an_unknown_root_are_told_apart()
    {
        using var certificate = _authority.Server();
        await using var alone = new TlsServer(certificate, null);
        await RunAsync(Settings($"https://127.0.0.1:{alone.Port}"));
        var missing = _harness.Findings(Id).ShouldHaveSingleItem();
        missing.Code.ShouldBe("certificate-chain-incomplete");
        missing.Message.ShouldContain("CN=Upkeep test issuer");

        var file = Write("self.pem", _authority.Root.ExportCertificatePem());
        using var harness = new StepHarness();
        await harness.RunAsync(Token, Step(new CertificateSettings { Files = [new CertificateFileSettings { Path = file }] }, []));
        harness.Findings(Id).ShouldHaveSingleItem().Code.ShouldBe("certificate-unknown-root");
    }

    [Fact]
    public async Task What_nobody_answers_at_is_not_checked_and_never_has_no_days_left()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var watch = Stopwatch.StartNew();
        var end = await RunAsync(Settings($"https://127.0.0.1:{port}", $"tls://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}") with { Timeout = TimeSpan.FromSeconds(1) });

        end.Status.ShouldBe(StepStatus.Skipped);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(8));
        _harness.Findings(Id).Select(finding => finding.Code).ShouldBe(["certificate-endpoint-not-checked", "certificate-endpoint-not-checked"]);
        _harness.Measures(Id).ShouldBeEmpty();
    }

    [Fact]
    public async Task PostgreSQL_is_asked_in_its_own_way_and_one_without_TLS_says_so()
    {
        var without = await postgres.ClusterAsync(Token);
        await using var cluster = await TemporaryCluster.StartAsync(Path.Combine(Path.GetTempPath(), $"upkeep-tls-{Environment.ProcessId}"), ["fsync = off"], PostgresServer.Programs, Token);
        using var certificate = _authority.Server(toDays: 12);
        await using (var connection = new Npgsql.NpgsqlConnection(cluster.ConnectionString()))
        {
            await connection.OpenAsync(Token);
            await StoreAsync(connection, "server.crt", certificate.ExportCertificatePem() + "\n" + _authority.Issuer.ExportCertificatePem());
            await StoreAsync(connection, "server.key", certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
            await connection.ExecuteAsync("alter system set ssl = on", Token);
        }
        await cluster.StopServerAsync("fast", Token);
        await cluster.StartServerAsync(Token);

        await RunAsync(Settings($"postgres://127.0.0.1:{cluster.Port}", $"postgres://127.0.0.1:{without.Port}"));

        _harness.Findings(Id).Select(finding => finding.Code).ShouldBe(["certificate-expires-soon", "certificate-tls-not-offered"]);
    }

    [Theory]
    [InlineData("250-mail.test\r\n250-STARTTLS\r\n250 SIZE 1000\r\n", null)]
    [InlineData("250 mail.test\r\n", "certificate-tls-not-offered")]
    public async Task A_mail_server_is_asked_by_STARTTLS(string offers, string? code)
    {
        using var certificate = _authority.Server();
        await using var server = new TlsServer(certificate, _authority.Issuer, async (stream, token) =>
        {
            await stream.WriteAsync("220 mail.test ESMTP\r\n"u8.ToArray(), token);
            using var reader = new StreamReader(stream, leaveOpen: true);
            await reader.ReadLineAsync(token);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(offers), token);
            if (await reader.ReadLineAsync(token) != "STARTTLS")
                return false;
            await stream.WriteAsync("220 go ahead\r\n"u8.ToArray(), token);
            return true;
        });

        await RunAsync(Settings($"smtp://localhost:{server.Port}"));

        _harness.Findings(Id).Select(finding => finding.Code).ShouldBe(code is null ? [] : [code]);
    }

    [Fact]
    public async Task A_server_that_still_takes_TLS_1_1_is_told_whatever_this_machine_speaks_itself()
    {
        using var certificate = _authority.Server();
        var pem = Write("old.pem", certificate.ExportCertificatePem() + "\n" + certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        var start = new ProcessStartInfo("openssl", ["s_server", "-accept", $"127.0.0.1:{port}", "-cert", pem, "-key", pem, "-quiet", "-min_protocol", "TLSv1", "-cipher", "ALL:@SECLEVEL=0"]) { RedirectStandardInput = true, RedirectStandardError = true };
        using var server = Process.Start(start)!;
        try
        {
            var settings = Settings($"tls://127.0.0.1:{port}");
            while (!await ListensAsync(port))
                server.HasExited.ShouldBeFalse();
            var seen = (await CertificateLook.AtAsync(settings, TestAuthority.Now, TimeProvider.System, Token)).Endpoints[0];
            seen.OldProtocol.ShouldBe("TLS 1.1");
            seen.Protocol.ShouldBe("TLS 1.3");
        }
        finally
        {
            server.Kill();
        }
    }

    [Fact]
    public async Task A_renewed_file_that_the_server_does_not_serve_yet_is_told()
    {
        using var before = _authority.Server(toDays: 40);
        using var renewed = _authority.Server(toDays: 130);
        await using var server = new TlsServer(before, _authority.Issuer);
        var endpoint = $"https://127.0.0.1:{server.Port}";
        var file = Write("renewed.pem", renewed.ExportCertificatePem() + "\n" + _authority.Issuer.ExportCertificatePem());

        await RunAsync(Settings(endpoint) with { Files = [new CertificateFileSettings { Path = file, Endpoint = endpoint }] });

        _harness.Findings(Id).ShouldHaveSingleItem().Code.ShouldBe("certificate-not-reloaded");
    }

    [Fact]
    public async Task Files_are_read_as_PEM_and_PFX_and_what_can_not_be_read_is_not_checked()
    {
        using var certificate = _authority.Server();
        var pfx = Path.Combine(_folder, "server.pfx");
        File.WriteAllBytes(pfx, new X509Certificate2Collection { certificate, _authority.Issuer }.Export(X509ContentType.Pfx, "secret")!);
        var pem = Write("weak.pem", await _authority.WeakAsync(_folder, Token) + "\n" + _authority.Issuer.ExportCertificatePem());
        var other = Path.Combine(_folder, "other.pfx");
        File.Copy(pfx, other);

        await RunAsync(Settings() with
        {
            Files = [new() { Path = pfx, Password = "secret" }, new() { Path = pem }, new() { Path = other, Password = "wrong" }, new() { Path = "/nowhere.pem" }, new() { Path = Write("text.pem", "no certificate") }],
        });

        _harness.Findings(Id).Select(finding => finding.Code)
            .ShouldBe(["certificate-weak-key", "certificate-weak-signature", "certificate-file-not-checked", "certificate-file-not-checked", "certificate-file-not-checked"]);
        _harness.Measures(Id).Count(measure => measure.Name == "days_left").ShouldBe(2);
    }

    [Fact]
    public async Task Ten_slow_endpoints_take_as_long_as_one()
    {
        using var certificate = _authority.Server();
        await using var server = new TlsServer(certificate, _authority.Issuer, static async (_, token) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, token);
            return true;
        });

        var watch = Stopwatch.StartNew();
        await RunAsync(Settings([.. Enumerable.Range(1, 10).Select(one => $"https://127.0.0.1:{server.Port}/{one}")]));

        TestContext.Current.SendDiagnosticMessage($"ten endpoints: {watch.ElapsedMilliseconds} ms");
        _harness.Findings(Id).ShouldBeEmpty();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(4));
    }

    public void Dispose()
    {
        _harness.Dispose();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<StepEnded> RunAsync(CertificateSettings settings, IReadOnlyList<DaysLeftPoint>? past = null) => _harness.RunAsync(Token, Step(settings, past ?? []));

    private CertificateSettings Settings(params string[] endpoints) => new() { Endpoints = endpoints, Authorities = Write("root.pem", _authority.Root.ExportCertificatePem()) };

    private static CertificatesStep Step(CertificateSettings settings, IReadOnlyList<DaysLeftPoint> past) => new(settings, () => past, Redactor.None, TimeProvider.System);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task<bool> ListensAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // By the server itself, so that the key is its user's alone.
    private static Task<int> StoreAsync(Npgsql.NpgsqlConnection connection, string name, string pem) =>
        connection.ExecuteAsync($"copy (select * from string_to_table('{pem}', E'\\n')) to program 'umask 077; cat > {name}'", Token);
}
