using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Upkeep.Host.Certificates;

/// <summary>
/// Greets as a client of the time before TLS 1.2 and reads the first answer. Written out because this machine's own TLS library refuses to
/// speak such protocols, and what a server accepts must not depend on that.
/// </summary>
internal static class OldHello
{
    private const byte Handshake = 22;
    private const byte ServerHello = 2;

    /// <returns>The old protocol that the server takes, or null where it turns such a client away.</returns>
    public static async Task<string?> AskAsync(NetworkStream stream, string host, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Write(host), cancellationToken);
        var answer = new byte[11];
        try
        {
            await stream.ReadExactlyAsync(answer, cancellationToken);
        }
        catch (IOException)
        {
            // Hung up, or an alert, which is shorter.
            return null;
        }
        return answer[0] != Handshake || answer[5] != ServerHello ? null : (answer[9], answer[10]) switch
        {
            (3, 0) => "SSL 3.0",
            (3, 1) => "TLS 1.0",
            (3, 2) => "TLS 1.1",
            _ => null,
        };
    }

    private static byte[] Write(string host)
    {
        // ECDHE and plain RSA with AES, and 3DES: whatever an old server may still do.
        byte[] ciphers = [0xC0, 0x13, 0xC0, 0x14, 0xC0, 0x09, 0xC0, 0x0A, 0x00, 0x2F, 0x00, 0x35, 0x00, 0x0A];
        byte[] extensions = [.. Name(host), 0, 10, 0, 8, 0, 6, 0, 29, 0, 23, 0, 24, 0, 11, 0, 2, 1, 0];
        var random = new byte[32];
        System.Security.Cryptography.RandomNumberGenerator.Fill(random);
        byte[] body = [3, 2, .. random, 0, .. Sized(ciphers), 1, 0, .. Sized(extensions)];
        byte[] message = [1, 0, .. Sized(body)];
        return [Handshake, 3, 1, .. Sized(message)];
    }

    // A number is no name: servers are asked for those by their address alone.
    private static byte[] Name(string host)
    {
        if (Uri.CheckHostName(host) != UriHostNameType.Dns)
            return [];
        byte[] entry = [0, .. Sized(Encoding.ASCII.GetBytes(host))];
        return [0, 0, .. Sized(Sized(entry))];
    }

    private static byte[] Sized(byte[] content)
    {
        var sized = new byte[content.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(sized, (ushort)content.Length);
        content.CopyTo(sized, 2);
        return sized;
    }
}
