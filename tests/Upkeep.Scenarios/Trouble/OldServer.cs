using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Upkeep.Scenarios.Trouble;

/// <summary>
/// Stands in for a server of version 12, which can't be had: a socket before a real one, on which the version that it tells, at the
/// handshake and when asked, is 12.
/// </summary>
internal sealed class OldServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _real;
    private readonly byte[] _version = new byte[sizeof(int)];
    private readonly Task _work;

    private OldServer(int real, int version)
    {
        _real = real;
        BinaryPrimitives.WriteInt32BigEndian(_version, version);
        _listener.Start();
        _work = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <param name="real">Port of the real server.</param>
    /// <param name="version">Its server_version_num.</param>
    public static OldServer Before(int real, int version) => new(real, version);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var pairs = new List<Task>();
        while (!_end.IsCancellationRequested)
            pairs.Add(JoinAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        await Task.WhenAll(pairs);
    }

    private async Task JoinAsync(TcpClient client)
    {
        using (client)
        using (var real = new TcpClient())
        {
            await real.ConnectAsync(IPAddress.Loopback, _real, _end.Token);
            var up = client.GetStream().CopyToAsync(real.GetStream(), _end.Token);
            await Task.WhenAny(up, AnswerAsync(real.GetStream(), client.GetStream()));
        }
    }

    private async Task AnswerAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[1 << 16];
        while (await from.ReadAsync(buffer, _end.Token) is var read and > 0)
        {
            Age(buffer.AsSpan(0, read));
            await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
        }
    }

    // Its name for people stands in the handshake, and its number, binary, in the one answer that holds it.
    private void Age(Span<byte> answer)
    {
        const int old = 120_022;
        if (answer.IndexOf("server_version\0"u8) is var name and >= 0)
            "12"u8.CopyTo(answer[(name + "server_version\0".Length)..]);
        if (answer.IndexOf(_version) is var number and >= 0)
            BinaryPrimitives.WriteInt32BigEndian(answer[number..], old);
    }
}
