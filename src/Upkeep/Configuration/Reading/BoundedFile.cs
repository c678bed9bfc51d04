namespace Upkeep.Configuration.Reading;

/// <summary>Reads small files whole: plain ones, and pipes, which have no length to ask for.</summary>
internal static class BoundedFile
{
    /// <returns>The bytes, or null where there are more than the limit.</returns>
    public static byte[]? Read(string path, int limit)
    {
        using var stream = File.OpenRead(path);
        var buffer = new byte[limit + 1];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length > limit ? null : buffer[..length];
    }
}
