using Npgsql;

namespace Upkeep.Postgres;

/// <summary>COPY in text form as bytes: the driver's own reader and writer decode every row, which an archive has no use for.</summary>
public static class CopyText
{
    private const int Buffer = 1 << 16;

    /// <summary>Runs a <c>COPY … TO STDOUT</c> and hands its bytes on as they come; rows may be split between two calls.</summary>
    public static async Task ExportAsync(this NpgsqlConnection connection, string copy, Action<ReadOnlySpan<byte>> take, CancellationToken cancellationToken)
    {
        using var reader = (StreamReader)await connection.BeginTextExportAsync(copy, cancellationToken);
        var stream = reader.BaseStream;
        var buffer = new byte[Buffer];
        var filled = 0;
        while (true)
        {
            // A read yields at most one row, and waiting for each by a task costs more than the row: so they are read on this thread, which
            // statement_timeout gives back at the latest, and handed on by the buffer.
            var read = stream.Read(buffer.AsSpan(filled));
            filled += read;
            cancellationToken.ThrowIfCancellationRequested();
            if (read > 0 && filled < Buffer)
                continue;
            if (filled > 0)
                take(buffer.AsSpan(0, filled));
            filled = 0;
            if (read == 0)
                return;
        }
    }

    /// <summary>Runs a <c>COPY … FROM STDIN</c> with the bytes that <paramref name="write"/> puts into the stream.</summary>
    /// <remarks>Nothing is stored unless <paramref name="write"/> returns; an exception in it ends the COPY with an error.</remarks>
    public static async Task ImportAsync(this NpgsqlConnection connection, string copy, Action<Stream> write, CancellationToken cancellationToken)
    {
        var writer = (StreamWriter)await connection.BeginTextImportAsync(copy, cancellationToken);
        try
        {
            write(writer.BaseStream);
        }
        catch
        {
            await ((NpgsqlRawCopyStream)writer.BaseStream).CancelAsync();
            throw;
        }
        await writer.DisposeAsync();
    }
}
