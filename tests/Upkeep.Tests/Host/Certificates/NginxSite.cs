using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Upkeep.Tests.Host.Certificates;

/// <summary>Debian's nginx with a certificate of the test authority, on a port of its own.</summary>
internal sealed class NginxSite : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Process _nginx;

    private NginxSite(string folder, int port, Process nginx) => (_folder, Port, _nginx) = (folder, port, nginx);

    public int Port { get; }

    /// <summary>The file that nginx read its certificate from.</summary>
    public string CertificateFile => Path.Combine(_folder, "site.pem");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="folder">Of the test's own.</param>
    /// <param name="stapled">A file with the OCSP response to staple.</param>
    public static async Task<NginxSite> StartAsync(string folder, X509Certificate2 certificate, X509Certificate2 issuer, string? stapled)
    {
        var nginx = new[] { "/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(nginx is null && Environment.GetEnvironmentVariable("CI") != "true", "nginx is not installed (apt-get install nginx-light)");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await WriteAsync(folder, certificate, issuer);
        await File.WriteAllTextAsync(Path.Combine(folder, "nginx.conf"),
            $$"""
            daemon off;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/error.log;
            worker_processes 1;
            events {}
            http {
              access_log off;
              {{string.Join("\n", new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(use => $"{use}_temp_path {folder}/{use};"))}}
              server {
                listen 127.0.0.1:{{port}} ssl;
                ssl_certificate {{folder}}/site.pem;
                ssl_certificate_key {{folder}}/site.key;
                {{(stapled is null ? "" : $"ssl_stapling on; ssl_stapling_file {stapled};")}}
                location / { return 204; }
              }
            }
            """, Token);
        var site = new NginxSite(folder, port, Process.Start(new ProcessStartInfo(nginx!, ["-c", Path.Combine(folder, "nginx.conf"), "-p", folder]))!);
        await site.ListeningAsync();
        return site;
    }

    /// <summary>Puts another certificate into the file, as a renewal does. Nginx isn't told.</summary>
    public Task RenewAsync(X509Certificate2 certificate, X509Certificate2 issuer) => WriteAsync(_folder, certificate, issuer);

    public async ValueTask DisposeAsync()
    {
        if (!_nginx.HasExited)
            _nginx.Kill(entireProcessTree: true);
        await _nginx.WaitForExitAsync(CancellationToken.None);
        _nginx.Dispose();
    }

    private static async Task WriteAsync(string folder, X509Certificate2 certificate, X509Certificate2 issuer)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "site.pem"), $"{certificate.ExportCertificatePem()}\n{issuer.ExportCertificatePem()}\n", Token);
        await File.WriteAllTextAsync(Path.Combine(folder, "site.key"), certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem(), Token);
    }

    private async Task ListeningAsync()
    {
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, Port, Token);
                return;
            }
            catch (SocketException) when (!_nginx.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
            }
        }
    }
}
