using System.Buffers;
using System.Text;

namespace Upkeep.Http;

/// <summary>Looks for a text in an answer as it streams by: constant memory, never more than <see cref="HttpDoor.MaxBytes"/>.</summary>
/// <param name="Found">The text is there, or none was asked for.</param>
/// <param name="Truncated">The answer was longer than what is read.</param>
internal sealed record ContentSearch(bool Found, long BytesRead, bool Truncated)
{
    private const int ChunkBytes = 64 << 10;

    public static async Task<ContentSearch> RunAsync(HttpResponseMessage answer, string? text, CancellationToken cancellationToken)
    {
        var wanted = text is null ? [] : Charset(answer).GetBytes(text);
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes + wanted.Length);
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
            return await SearchAsync(body, wanted, buffer, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<ContentSearch> SearchAsync(Stream body, byte[] wanted, byte[] buffer, CancellationToken cancellationToken)
    {
        var found = wanted.Length == 0;
        var (total, kept) = (0L, 0);
        while (total < HttpDoor.MaxBytes)
        {
            var read = await body.ReadAsync(buffer.AsMemory(kept, (int)Math.Min(ChunkBytes, HttpDoor.MaxBytes - total)), cancellationToken);
            if (read == 0)
                return new ContentSearch(found, total, Truncated: false);
            total += read;
            found = found || buffer.AsSpan(0, kept + read).IndexOf(wanted) >= 0;
            // The text may lie across two chunks: the end of this one is looked at again.
            var tail = Math.Min(Math.Max(0, wanted.Length - 1), kept + read);
            buffer.AsSpan(kept + read - tail, tail).CopyTo(buffer);
            kept = tail;
        }
        return new ContentSearch(found, total, Truncated: true);
    }

    private static Encoding Charset(HttpResponseMessage answer)
    {
        var name = answer.Content.Headers.ContentType?.CharSet?.Trim('"');
        return Encoding.GetEncodings().Any(known => string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase)) ? Encoding.GetEncoding(name!) : Encoding.UTF8;
    }
}
