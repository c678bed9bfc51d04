using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Upkeep.Configuration;

namespace Upkeep.Host.Certificates;

/// <summary>The server answered, and does not offer TLS.</summary>
internal sealed class TlsNotOfferedException(string message) : IOException(message);

/// <summary>Connects, and says what a protocol says before TLS begins.</summary>
internal static class TlsOpener
{
    private const int LongestLine = 2048;
    private const int MostLines = 100;

    // Length 8, then 1234 and 5679 in 16 bits each: PostgreSQL's SSLRequest.
    private const int SslRequest = 80877103;

    public static async Task<NetworkStream> OpenAsync(TlsAddress address, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var stream = default(NetworkStream);
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, cancellationToken);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (address.Opening == TlsOpening.Postgres)
                await PostgresAsync(stream, cancellationToken);
            else if (address.Opening == TlsOpening.Smtp)
                await SmtpAsync(stream, cancellationToken);
            return stream;
        }
        catch
        {
            stream?.Dispose();
            socket.Dispose();
            throw;
        }
    }

    private static async Task PostgresAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var request = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(request, 8);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), SslRequest);
        await stream.WriteAsync(request, cancellationToken);
        var answer = new byte[1];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        if (answer[0] != 'S')
            throw new TlsNotOfferedException(answer[0] == 'N' ? "the server has ssl = off" : "what answers is no PostgreSQL");
    }

    private static async Task SmtpAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        await ReplyAsync(stream, "220", cancellationToken);
        await stream.WriteAsync("EHLO upkeep.invalid\r\n"u8.ToArray(), cancellationToken);
        var offers = await ReplyAsync(stream, "250", cancellationToken);
        if (!offers.Any(line => line.Length > 4 && line[4..].Trim().Equals("STARTTLS", StringComparison.OrdinalIgnoreCase)))
            throw new TlsNotOfferedException("the server doesn't offer STARTTLS");
        await stream.WriteAsync("STARTTLS\r\n"u8.ToArray(), cancellationToken);
        await ReplyAsync(stream, "220", cancellationToken);
    }

    private static async Task<IReadOnlyList<string>> ReplyAsync(NetworkStream stream, string expected, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        do
        {
            lines.Add(await LineAsync(stream, cancellationToken));
            if (!lines[^1].StartsWith(expected, StringComparison.Ordinal))
                throw new TlsNotOfferedException($"the server answered '{lines[^1]}' where SMTP says {expected}");
        }
        while (lines[^1].Length > 3 && lines[^1][3] == '-' && lines.Count < MostLines);
        return lines;
    }

    // Byte by byte: what comes after the last line belongs to TLS.
    private static async Task<string> LineAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var (line, one) = (new StringBuilder(), new byte[1]);
        while (line.Length < LongestLine)
        {
            await stream.ReadExactlyAsync(one, cancellationToken);
            if (one[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append(one[0] is >= 32 and < 127 || one[0] == '\r' ? (char)one[0] : '?');
        }
        return line.ToString();
    }
}
