using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Upkeep.Configuration;

namespace Upkeep.Host.Certificates;

/// <summary>Looks at the certificate that an endpoint shows. Nothing is sent over the connection but what TLS needs.</summary>
internal sealed class TlsProbe(CertificateReader reader, TimeSpan patience, TimeProvider time)
{
    public async Task<SeenEndpoint> LookAsync(string endpoint, CancellationToken cancellationToken)
    {
        var address = TlsAddress.Of(endpoint) ?? throw new ArgumentException($"'{endpoint}' is no address of a certificate.", nameof(endpoint));
        using var bound = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        var old = OldAsync(address, both.Token);
        var seen = await NewAsync(endpoint, address, both.Token, cancellationToken);
        return seen with { OldProtocol = await old };
    }

    private async Task<SeenEndpoint> NewAsync(string endpoint, TlsAddress address, CancellationToken bounded, CancellationToken cancellationToken)
    {
        SeenEndpoint Without(EndpointState state, string problem) => new(endpoint, state, problem, null, null, null);
        var state = EndpointState.Unreachable;
        try
        {
            await using var stream = await TlsOpener.OpenAsync(address, bounded);
            state = EndpointState.HandshakeFailed;
            return await HandshakeAsync(endpoint, address, stream, bounded);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Without(EndpointState.Unreachable, $"no answer within {Amount.Duration(patience)}");
        }
        catch (TlsNotOfferedException problem)
        {
            return Without(EndpointState.NotOffered, problem.Message);
        }
        catch (AuthenticationException problem)
        {
            return Without(state, (problem.InnerException ?? problem).Message);
        }
        catch (Exception problem) when (problem is IOException or SocketException)
        {
            return Without(state, problem.Message);
        }
    }

    private async Task<SeenEndpoint> HandshakeAsync(string endpoint, TlsAddress address, NetworkStream stream, CancellationToken cancellationToken)
    {
        var (shown, stapled) = (new List<X509Certificate2>(), StapledStatus.None);
        await using var tls = new SslStream(stream, leaveInnerStreamOpen: true);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = address.Host,
            CertificateChainPolicy = reader.Stapled(),
            // Any is taken, to be looked at: nothing is entrusted to this connection.
            RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
            {
                (shown, stapled) = (Copies(certificate, chain), chain is null ? StapledStatus.None : CertificateReader.StatusIn(chain));
                return shown.Count > 0;
            },
        };
        string? protocol = null;
        try
        {
            await tls.AuthenticateAsClientAsync(options, cancellationToken);
            protocol = Words(tls.SslProtocol);
        }
        catch (Exception problem) when (shown.Count > 0 && problem is IOException or AuthenticationException)
        {
            // Asked for a certificate of ours, for example: the server's own was seen all the same.
        }
        try
        {
            return shown.Count == 0 ? new SeenEndpoint(endpoint, EndpointState.HandshakeFailed, "the server showed no certificate", null, null, null)
                : new SeenEndpoint(endpoint, EndpointState.Seen, null, protocol, null, reader.Read(shown)) 
                {
                    NameFits = shown[0].MatchesHostname(address.Host, allowWildcards: true, allowCommonName: false), Stapled = stapled,
                };
        }
        finally
        {
            shown.ForEach(certificate => certificate.Dispose());
        }
    }

    private static async Task<string?> OldAsync(TlsAddress address, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await TlsOpener.OpenAsync(address, cancellationToken);
            return await OldHello.AskAsync(stream, address.Host, cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or SocketException or OperationCanceledException)
        {
            // The other look says what is wrong.
            return null;
        }
    }

    // What the callback is given is gone when it returns.
    private static List<X509Certificate2> Copies(X509Certificate? certificate, X509Chain? chain)
    {
        if (certificate is null)
            return [];
        var own = certificate.GetRawCertData();
        var sent = (chain?.ChainPolicy.ExtraStore ?? []).Select(other => other.RawData).Where(other => !other.AsSpan().SequenceEqual(own));
        return [.. sent.Prepend(own).Select(raw => X509CertificateLoader.LoadCertificate(raw))];
    }

    private static string Words(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls12 => "TLS 1.2",
        SslProtocols.Tls13 => "TLS 1.3",
        _ => protocol.ToString(),
    };
}
