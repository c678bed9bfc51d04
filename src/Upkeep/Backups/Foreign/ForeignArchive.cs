using Upkeep.Processes;

namespace Upkeep.Backups.Foreign;

/// <summary>An archive of pg_dump's (custom, tar or directory format), read by pg_restore; packed ones are unpacked into its standard input.</summary>
internal sealed class ForeignArchive(ProgramDoor door, DumpPrograms programs, string path, ForeignFormat format, ForeignCompression compression)
{
    // Two blocks of nothing end a tar.
    private const int TarEnd = 1024;

    private (ForeignState State, string Detail)? _unpacking;

    /// <summary>Whether pg_restore can open it by its name, and so read it with several jobs.</summary>
    public bool IsPacked => compression != ForeignCompression.None;

    /// <summary>Writes the unpacked archive; null where it isn't packed.</summary>
    public Func<Stream, CancellationToken, Task>? Input => IsPacked ? UnpackAsync : null;

    /// <summary>Reads list and rows to the end.</summary>
    public async Task<(ArchiveList? List, SqlScan Scan, (ForeignState State, string Detail)? Bad)> ReadAsync(CancellationToken cancellationToken)
    {
        var scan = new SqlScan(null);
        var (list, unlisted) = await ArchiveList.ReadAsync(door, programs, path, Input, cancellationToken);
        if (_unpacking is null && list is null)
            return (null, scan, Explain(unlisted!.What));
        var result = await door.RunAsync(new ProgramCall(programs.Restore, ["--file=-", .. IsPacked ? Array.Empty<string>() : [path]], new Dictionary<string, string?>())
        {
            Input = Input,
            Output = (stream, token) => Task.Run(() => scan.ReadAll(stream, token), token),
        }, cancellationToken);
        if (_unpacking is { } garbled)
            return (list, scan, garbled);
        if (result.ExitCode != 0)
            return (list, scan, Explain(PgRestore.Said(result)));
        if (scan.IsCut || !scan.IsComplete)
            return (list, scan, (ForeignState.Truncated, "a table's rows end without their end mark"));
        return (list, scan, format == ForeignFormat.Tar && !IsPacked && !EndsInNothing() ? (ForeignState.Truncated, "the tar archive ends before its end mark") : null);
    }

    private async Task UnpackAsync(Stream input, CancellationToken cancellationToken)
    {
        using var file = Wrapping.Open(path);
        try
        {
            await file.Content.CopyToAsync(input, cancellationToken);
        }
        catch (Exception problem) when (Wrapping.IsUnreadable(problem))
        {
            _unpacking = file.RanOut
                ? (ForeignState.Truncated, $"the {ForeignReader.Name(compression)} stream ends before its end")
                : (ForeignState.Corrupt, $"the {ForeignReader.Name(compression)} stream can't be unpacked: {problem.Message}");
        }
        catch (IOException)
        {
            // pg_restore had enough: it says why.
        }
    }

    private static (ForeignState State, string Detail) Explain(string said)
    {
        string[] cut = ["end of file", "too short", "could not find header", "incomplete tar", "unexpected end", "Truncated", "No such file or directory"];
        return cut.Any(word => said.Contains(word, StringComparison.Ordinal)) ? (ForeignState.Truncated, said)
            : said.Contains("unsupported version", StringComparison.Ordinal) ? (ForeignState.Corrupt, $"{said} (made by a newer pg_dump than the pg_restore here: install that one)")
            : (ForeignState.Corrupt, said);
    }

    private bool EndsInNothing()
    {
        using var file = File.OpenRead(path);
        var end = new byte[TarEnd];
        file.Position = Math.Max(0, file.Length - TarEnd);
        return file.ReadAtLeast(end, TarEnd, throwOnEndOfStream: false) == TarEnd && end.AsSpan().IndexOfAnyExcept((byte)0) < 0;
    }
}
