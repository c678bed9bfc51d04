using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;
using Upkeep.Configuration;
using Upkeep.Http;
using Upkeep.Redaction;
using Upkeep.Testing;

namespace Upkeep.Tests.Http;

public sealed class EndpointProbeTests : IDisposable
{
    private readonly HttpDoor _http = new(new Redactor(["s3cret-token"]), TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_good_endpoint_gives_one_first_request_and_as_many_samples_as_asked_for()
    {
        await using var site = await TestSite.StartAsync(answer => answer.Response.WriteAsync("all is well"), Token);

        var health = await ProbeAsync(site.Url, contains: "is well", samples: 5);

        health.IsGood.ShouldBeTrue();
        health.Requests.ShouldBe(6);
        health.SamplesMs.Count.ShouldBe(5);
        health.SamplesMs.ShouldAllBe(sample => sample > 0);
        health.FirstMs.ShouldNotBeNull();
    }

    [Fact]
    public async Task An_unreachable_site_has_failures_and_no_latency_at_all()
    {
        var health = await ProbeAsync(new Uri("http://127.0.0.1:1/"), samples: 30);

        health.Problem!.Kind.ShouldBe(EndpointFailure.Refused);
        health.Problem.Message.ShouldBe("127.0.0.1:1 refused the connection");
        health.Requests.ShouldBe(3, "three in a row are proof enough");
        health.SamplesMs.ShouldBeEmpty();
        health.Latency.ShouldBeNull();
    }

    [Fact]
    public async Task A_name_nobody_knows_is_told_from_a_closed_port()
    {
        var health = await ProbeAsync(new Uri("http://no-such-host.invalid/"));

        health.Problem!.Kind.ShouldBe(EndpointFailure.Dns);
        health.Problem.Message.ShouldContain("no-such-host.invalid");
    }

    [Fact]
    public async Task A_certificate_nobody_vouches_for_is_a_tls_failure()
    {
        using var certificate = SelfSigned();
        await using var site = await TestSite.StartAsync(answer => answer.Response.WriteAsync("hello"), Token, certificate);

        var health = await ProbeAsync(new Uri($"https://127.0.0.1:{site.Url.Port}/"));

        health.Problem!.Kind.ShouldBe(EndpointFailure.Tls);
        health.Problem.Hint.ShouldContain("openssl s_client");
    }

    [Fact]
    public async Task An_answer_that_stalls_after_its_headers_is_a_timeout()
    {
        await using var site = await TestSite.StartAsync(async answer =>
        {
            await answer.Response.WriteAsync("half an ans", Token);
            await answer.Response.Body.FlushAsync(Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, answer.RequestAborted);
        }, Token);

        var health = await ProbeAsync(site.Url, timeout: TimeSpan.FromMilliseconds(200));

        health.Problem!.Kind.ShouldBe(EndpointFailure.Timeout);
        health.Problem.Message.ShouldContain("0.2 s");
    }

    [Fact]
    public async Task Another_status_than_expected_is_shown_with_both_values()
    {
        await using var site = await TestSite.StartAsync(answer => { answer.Response.StatusCode = 503; return Task.CompletedTask; }, Token);

        var health = await ProbeAsync(site.Url);

        health.Problem!.Kind.ShouldBe(EndpointFailure.WrongStatus);
        health.Problem.Message.ShouldBe("status 503 instead of 200");
    }

    [Fact]
    public async Task A_redirect_is_shown_and_not_followed()
    {
        var followed = false;
        await using var site = await TestSite.StartAsync(answer =>
        {
            followed |= answer.Request.Path == "/login";
            answer.Response.Redirect("/login?token=abc123");
            return Task.CompletedTask;
        }, Token);

        var health = await ProbeAsync(site.Url);

        health.Problem!.Message.ShouldBe($"status 302 instead of 200, a redirect to {site.Url}login?token=…");
        followed.ShouldBeFalse();
    }

    [Fact]
    public async Task An_error_page_sent_as_success_lacks_the_expected_text()
    {
        await using var site = await TestSite.StartAsync(answer => answer.Response.WriteAsync("sorry"), Token);

        var health = await ProbeAsync(site.Url, contains: "Discover");

        health.Problem!.Kind.ShouldBe(EndpointFailure.ContentMissing);
        health.Problem.Message.ShouldBe("status 200, but \"Discover\" is not in the 5 bytes of the answer");
    }

    [Theory]
    [InlineData(65530)]
    [InlineData(65536)]
    [InlineData(200_000)]
    public async Task The_expected_text_is_found_across_chunks_of_a_long_answer(int at)
    {
        var page = new string('x', at) + "Grüße 👋" + new string('y', 1000);
        await using var site = await TestSite.StartAsync(answer => answer.Response.WriteAsync(page), Token);

        (await ProbeAsync(site.Url, contains: "Grüße 👋")).IsGood.ShouldBeTrue();
    }

    [Fact]
    public async Task An_endless_answer_is_read_to_the_bound_only()
    {
        await using var site = await TestSite.StartAsync(async answer =>
        {
            var block = new byte[1 << 20];
            while (!answer.RequestAborted.IsCancellationRequested)
                await answer.Response.Body.WriteAsync(block, answer.RequestAborted);
        }, Token);

        var health = await ProbeAsync(site.Url, contains: "never there", samples: 0);

        health.Problem!.Message.ShouldContain("is not in the first 8 MiB of the answer");
    }

    [Fact]
    public async Task A_server_that_hangs_up_is_broken_and_not_slow()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            while (true)
                (await listener.AcceptTcpClientAsync(Token)).Close();
        }, Token);

        var health = await ProbeAsync(new Uri($"http://{listener.LocalEndpoint}/"));

        listener.Stop();
        health.Problem!.Kind.ShouldBe(EndpointFailure.Broken);
        await Should.ThrowAsync<Exception>(() => serving);
    }

    [Fact]
    public async Task A_flaky_endpoint_keeps_the_good_latencies_and_counts_the_rest()
    {
        var requests = 0;
        await using var site = await TestSite.StartAsync(answer =>
        {
            answer.Response.StatusCode = Interlocked.Increment(ref requests) % 2 == 0 ? 500 : 200;
            return Task.CompletedTask;
        }, Token);

        var health = await ProbeAsync(site.Url, samples: 9);

        health.Failures.ShouldBe(5);
        health.SamplesMs.Count.ShouldBe(4);
        health.IsGood.ShouldBeFalse();
    }

    [Fact]
    public async Task User_password_and_query_are_sent_and_never_shown()
    {
        string? authorization = null;
        await using var site = await TestSite.StartAsync(answer => { authorization = answer.Request.Headers.Authorization; return Task.CompletedTask; }, Token);
        var url = new Uri($"http://ops:s3cret%2Dtoken@127.0.0.1:{site.Url.Port}/health?key=abc&plain");

        var health = await ProbeAsync(url);

        health.Url.ShouldBe($"http://127.0.0.1:{site.Url.Port}/health?key=…&…");
        Encoding.UTF8.GetString(Convert.FromBase64String(authorization!["Basic ".Length..])).ShouldBe("ops:s3cret-token");
    }

    [Fact]
    public async Task Cookies_are_not_kept()
    {
        var sent = new List<string?>();
        await using var site = await TestSite.StartAsync(answer =>
        {
            sent.Add(answer.Request.Headers.Cookie);
            answer.Response.Cookies.Append("session", "1");
            return Task.CompletedTask;
        }, Token);

        await ProbeAsync(site.Url);

        sent.ShouldAllBe(cookie => string.IsNullOrEmpty(cookie));
    }

    private Task<EndpointHealth> ProbeAsync(Uri url, string? contains = null, int samples = 2, TimeSpan? timeout = null) =>
        new EndpointProbe(_http).ProbeAsync(new EndpointSettings { Name = "site", Url = url, Contains = contains, Timeout = timeout ?? TimeSpan.FromSeconds(10) },
            samples, () => false, Token);

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
