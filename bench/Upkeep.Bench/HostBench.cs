using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Upkeep.Maintenance;

namespace Upkeep.Bench;

/// <summary>Every look at the machine in one plan, ten TLS endpoints among it, beside what is typed for the same figures one after the other.</summary>
internal static class HostBench
{
    private const int Endpoints = 10;

    public static async Task RunAsync(Server server, int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("upkeep-host-bench-").FullName;
        using var end = new CancellationTokenSource();
        using var certificate = Certificate();
        var listeners = Enumerable.Range(0, Endpoints).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var serving = listeners.Select(listener => ServeAsync(listener, certificate, end.Token)).ToList();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToList();
        Directory.CreateDirectory(Path.Combine(folder, "cache"));
        for (var file = 0; file < 1000; file++)
            await File.WriteAllTextAsync(Path.Combine(folder, "cache", $"{file}.tmp"), "x");
        var name = await server.CopyAsync();
        var settings = Path.Combine(folder, "upkeep.yaml");
        await File.WriteAllTextAsync(settings,
            $"""
            platform: Bench
            database:
              url: postgres://upkeep_demo@127.0.0.1:{server.Port}/{name}?sslmode=disable
            host:
              certificates:
                endpoints: [{string.Join(", ", ports.Select(port => $"tls://127.0.0.1:{port}"))}]
            """);
        var program = Environment.GetEnvironmentVariable("UPKEEP_BENCH_PROGRAM") ?? Path.Combine(AppContext.BaseDirectory, "upkeep");
        var steps = string.Join(',', StepIds.All.Where(id => id.StartsWith("host.", StringComparison.Ordinal)));
        var typed = $"for port in {string.Join(' ', ports)}; do openssl s_client -connect 127.0.0.1:$port </dev/null 2>/dev/null | openssl x509 -noout -enddate; done; free -b; df -B1; df -i; cat /proc/loadavg; apt-get -s upgrade; find '{folder}/cache' -type f -mtime +7 | wc -l";
        var sides = new (string Name, string Program, string[] Arguments)[]
        {
            ("openssl ten times, free, df, apt-get -s, find", "sh", ["-c", typed]),
            ($"upkeep plan --only {steps}", program, ["plan", "--only", steps, "--config", settings]),
        };
        Console.WriteLine("| what | median ms | × typed | exit |");
        Console.WriteLine("|---|--:|--:|--:|");
        var first = 0.0;
        foreach (var side in sides)
        {
            var (took, exit) = (new List<TimeSpan>(), 0);
            for (var round = 0; round <= rounds; round++)
            {
                var result = await server.Programs.RunAsync(side.Program, side.Arguments, new Dictionary<string, string?>(), null, CancellationToken.None);
                exit = result.ExitCode;
                if (round > 0)
                    took.Add(result.Took);
            }
            var median = RetentionBench.Median(took, one => one) * 1000;
            first = first == 0 ? median : first;
            Console.WriteLine(FormattableString.Invariant($"| {side.Name} | {median:0} | {median / first:0.00} | {exit} |"));
        }
        await end.CancelAsync();
        await Task.WhenAll(serving);
        listeners.ForEach(listener => listener.Dispose());
        Directory.Delete(folder, recursive: true);
        await server.DropAsync(name);
    }

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var signed = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(90));
        return X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pkcs12), null);
    }

    private static async Task ServeAsync(TcpListener listener, X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        var clients = new List<Task>();
        try
        {
            while (true)
                clients.Add(ClientAsync(await listener.AcceptTcpClientAsync(cancellationToken), certificate, cancellationToken));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(clients);
        }
    }

    private static async Task ClientAsync(TcpClient client, X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        try
        {
            using (client)
            {
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellationToken);
                await tls.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, cancellationToken);
            }
        }
        catch (Exception problem) when (problem is IOException or AuthenticationException or OperationCanceledException)
        {
            // Clients come and go.
        }
    }
}
