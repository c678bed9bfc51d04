using Upkeep.Processes;

namespace Upkeep.Backups.Foreign;

/// <summary>An archive of pg_dump's (custom, tar or directory format), read by pg_restore; packed ones are unpacked into its standard input.</summary>
internal sealed class ForeignArchive(ProgramDoor door, DumpPrograms programs, string path, ForeignFormat format, ForeignCompression compression)
{
    // Two blocks of nothing end a tar.
    private const int TarEnd = 1024;

    // pg_restore turns in circles on some archives that are cut off or garbled. It reads and writes all the time otherwise.
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(5);

    /// <summary>Whether pg_restore can open it by its name, and so read it with several jobs.</summary>
    public bool IsPacked => compression != ForeignCompression.None;

    /// <summary>Writes the unpacked archive; null where it isn't packed.</summary>
    public Func<Stream, CancellationToken, Task>? Input => IsPacked ? UnpackAsync : null;

    /// <summary>Reads list and rows to the end.</summary>
    public async Task<(ArchiveList? List, SqlScan Scan, (ForeignState State, string Detail)? Bad)> ReadAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var scan = new SqlScan(null);
        // First what can be told without pg_restore, which doesn't come to an end on every tar that is cut off.
        if (await Task.Run(Wrapped, cancellationToken) is { } wrong)
            return (null, scan, wrong);
        using var patience = new CancellationTokenSource(_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            var (list, unlisted) = await ArchiveList.ReadAsync(door, programs, path, Input, either.Token);
            return list is null ? (null, scan, Explain(unlisted!.What)) : (list, scan, await RowsAsync(scan, () => patience.CancelAfter(_patience), either.Token));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (null, scan, (ForeignState.Corrupt, "pg_restore did nothing for five minutes while it read it"));
        }
    }

    private async Task<(ForeignState State, string Detail)?> RowsAsync(SqlScan scan, Action moved, CancellationToken cancellationToken)
    {
        var result = await door.RunAsync(new ProgramCall(programs.Restore, ["--file=-", .. IsPacked ? Array.Empty<string>() : [path]], new Dictionary<string, string?>())
        {
            Input = Input,
            Output = (stream, token) => Task.Run(() => scan.ReadAll(stream, moved, token), token),
        }, cancellationToken);
        return result.ExitCode != 0 ? Explain(result.Told("pg_restore"))
            : scan.IsCut || !scan.IsComplete ? (ForeignState.Truncated, "a table's rows end without their end mark")
            : null;
    }

    private (ForeignState State, string Detail)? Wrapped()
    {
        if (format == ForeignFormat.Directory || (format == ForeignFormat.Custom && !IsPacked))
            return null;
        using var file = Wrapping.Open(path);
        try
        {
            return EndsInNothing(file.Content) || format != ForeignFormat.Tar ? null : (ForeignState.Truncated, "the tar archive ends before its end mark");
        }
        catch (Exception problem) when (Wrapping.IsUnreadable(problem))
        {
            return file.RanOut
                ? (ForeignState.Truncated, $"the {ForeignReader.Name(compression)} stream ends before its end")
                : (ForeignState.Corrupt, $"the {ForeignReader.Name(compression)} stream can't be unpacked: {problem.Message}");
        }
    }

    private async Task UnpackAsync(Stream input, CancellationToken cancellationToken)
    {
        using var file = Wrapping.Open(path);
        try
        {
            await file.Content.CopyToAsync(input, cancellationToken);
        }
        catch (Exception problem) when (problem is IOException || Wrapping.IsUnreadable(problem))
        {
            // pg_restore had enough, or has too little: it says why.
        }
    }

    private static (ForeignState State, string Detail) Explain(string said)
    {
        string[] cut = ["end of file", "too short", "could not find header", "incomplete tar", "unexpected end", "Truncated", "No such file or directory"];
        return cut.Any(word => said.Contains(word, StringComparison.Ordinal)) ? (ForeignState.Truncated, said)
            : said.Contains("unsupported version", StringComparison.Ordinal) ? (ForeignState.Corrupt, $"{said} (made by a newer pg_dump than the pg_restore here: install that one)")
            : (ForeignState.Corrupt, said);
    }

    // Reads to the end: whole blocks, the last two of them empty.
    private static bool EndsInNothing(Stream tar)
    {
        var buffer = new byte[256 << 10];
        var (length, empty) = (0L, 0L);
        while (tar.Read(buffer) is > 0 and var read)
        {
            length += read;
            var last = buffer.AsSpan(0, read).LastIndexOfAnyExcept((byte)0);
            empty = last < 0 ? empty + read : read - 1 - last;
        }
        return length % (TarEnd / 2) == 0 && empty >= TarEnd;
    }
}
