using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Upkeep.Tests.Host.Certificates;

/// <summary>A real TLS server on a free port of 127.0.0.1.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving;

    /// <param name="opening">What is said before TLS; false from it ends the connection.</param>
    public TlsServer(X509Certificate2 certificate, X509Certificate2? issuer, Func<NetworkStream, CancellationToken, Task<bool>>? opening = null)
    {
        var context = SslStreamCertificateContext.Create(certificate, issuer is null ? null : [issuer], offline: true);
        _listener.Start();
        _serving = ServeAsync(context, opening ?? (static (_, _) => Task.FromResult(true)));
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _serving;
        _end.Dispose();
    }

    private async Task ServeAsync(SslStreamCertificateContext context, Func<NetworkStream, CancellationToken, Task<bool>> opening)
    {
        var clients = new List<Task>();
        try
        {
            while (true)
                clients.Add(ClientAsync(await _listener.AcceptSocketAsync(_end.Token), context, opening));
        }
        catch (Exception problem) when (problem is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(clients);
        }
    }

    private async Task ClientAsync(Socket socket, SslStreamCertificateContext context, Func<NetworkStream, CancellationToken, Task<bool>> opening)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            if (!await opening(stream, _end.Token))
                return;
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = context }, _end.Token);
            await tls.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, _end.Token);
        }
        catch (Exception problem) when (problem is IOException or AuthenticationException or OperationCanceledException)
        {
            // Clients come and go.
        }
    }
}
