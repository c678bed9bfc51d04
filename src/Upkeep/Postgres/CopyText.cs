using Npgsql;

namespace Upkeep.Postgres;

/// <summary>COPY in text form as bytes: the driver's own reader and writer decode every row, which an archive has no use for.</summary>
public static class CopyText
{
    private const int Buffer = 1 << 16;

    /// <summary>Runs a <c>COPY … TO STDOUT</c> and hands its bytes on as they come; rows may be split between two calls.</summary>
    /// <remarks>Cancelled, the statement is ended on the server too, at once; the session stays good for a rollback.</remarks>
    public static async Task ExportAsync(this NpgsqlConnection connection, string copy, Action<ReadOnlySpan<byte>> take, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var ending = Task.CompletedTask;
        try
        {
            await using var registration = cancellationToken.Register(() => ending = EndStatementAsync(connection, connection.ProcessID));
            await ReadAsync(connection, copy, take);
        }
        catch (PostgresException problem) when (problem.SqlState == PostgresErrorCodes.QueryCanceled && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(problem.MessageText, problem, cancellationToken);
        }
        finally
        {
            await ending;
        }
    }

    private static async Task ReadAsync(NpgsqlConnection connection, string copy, Action<ReadOnlySpan<byte>> take)
    {
        // The driver would answer a cancellation here by dropping the connection, with the statement still at work on the server.
        using var reader = (StreamReader)await connection.BeginTextExportAsync(copy, CancellationToken.None);
        var stream = reader.BaseStream;
        var buffer = new byte[Buffer];
        var filled = 0;
        while (true)
        {
            // A read yields at most one row, and waiting for each by a task costs more than the row: so they are read on this thread, which
            // the end of the statement gives back at the latest, and handed on by the buffer.
            var read = stream.Read(buffer.AsSpan(filled));
            filled += read;
            if (read > 0 && filled < Buffer)
                continue;
            if (filled > 0)
                take(buffer.AsSpan(0, filled));
            filled = 0;
            if (read == 0)
                return;
        }
    }

    // On a session of its own: the other one is busy.
    private static async Task EndStatementAsync(NpgsqlConnection busy, int processId)
    {
        try
        {
            await using var other = (NpgsqlConnection)((ICloneable)busy).Clone();
            await other.OpenAsync(CancellationToken.None);
            await other.ScalarAsync<bool>("select pg_catalog.pg_cancel_backend($1)", CancellationToken.None, processId);
        }
        catch (NpgsqlException)
        {
            // No session to be had: whatever keeps it from us ends the busy one too, or its statement timeout does.
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
