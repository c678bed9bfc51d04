using System.Text;
using Upkeep.Configuration;
using Upkeep.Processes;

namespace Upkeep.Backups.Foreign;

/// <summary>Reads a backup that others made: what it is, by its content, and whether it is whole. Streams, whatever its size.</summary>
public sealed class ForeignReader(ProgramDoor door, BackupSettings settings, TimeProvider time)
{
    private const string Plain = "-- PostgreSQL database";

    // Where tar writes what it is.
    private const int TarMark = 257;

    /// <summary>Reads the backup to its end.</summary>
    /// <param name="expected">What it should be of, or null where nobody knows.</param>
    /// <exception cref="IOException">It can't be read, or pg_restore isn't there to read it.</exception>
    public async Task<ForeignLook> LookAsync(string path, ForeignExpectation? expected, CancellationToken cancellationToken)
    {
        var at = new DateTimeOffset(Directory.Exists(path) ? NewestBelow(path) : File.GetLastWriteTimeUtc(path), TimeSpan.Zero);
        var found = Directory.Exists(path)
            ? await FolderAsync(path, cancellationToken)
            : await FileAsync(path, expected, cancellationToken);
        var (state, detail) = found.State is { } bad ? (bad, found.Detail) : ForeignJudgement.Of(found.Contents, expected);
        return new ForeignLook(new ForeignBackup(Path.GetFullPath(path), found.Format, found.Compression, state, Size(path), at, detail), found.Contents);
    }

    /// <summary>What a file or folder is, from its first bytes.</summary>
    internal static (ForeignFormat Format, ForeignCompression Compression, string? NotOne) Recognise(string path)
    {
        if (Directory.Exists(path))
            return File.Exists(Path.Combine(path, "toc.dat")) ? (ForeignFormat.Directory, ForeignCompression.None, null) : (ForeignFormat.Unknown, ForeignCompression.None, "a folder without toc.dat");
        using var file = Wrapping.Open(path);
        var beginning = file.Beginning.Span;
        var tarred = beginning.Length > TarMark && beginning[TarMark..].StartsWith("ustar"u8);
        var format = beginning.StartsWith("PGDMP"u8) ? ForeignFormat.Custom
            : tarred && beginning.StartsWith("toc.dat\0"u8) ? ForeignFormat.Tar
            : Encoding.UTF8.GetString(beginning).Contains(Plain, StringComparison.Ordinal) ? ForeignFormat.PlainSql
            : ForeignFormat.Unknown;
        return (format, file.Compression, format == ForeignFormat.Unknown ? WhatElse(beginning, tarred) : null);
    }

    private async Task<Found> FileAsync(string path, ForeignExpectation? expected, CancellationToken cancellationToken)
    {
        if (new FileInfo(path).Length == 0)
            return new Found(ForeignFormat.Unknown, ForeignCompression.None, ForeignState.Empty, "it has no bytes", new());
        var (format, compression, notOne) = Recognise(path);
        return format switch
        {
            ForeignFormat.PlainSql => await Task.Run(() => PlainSql(path, compression, expected?.Database, cancellationToken), cancellationToken),
            ForeignFormat.Custom or ForeignFormat.Tar => await ArchiveAsync(path, format, compression, cancellationToken),
            _ => await Task.Run(() => Unknown(path, compression, notOne!), cancellationToken),
        };
    }

    private static Found PlainSql(string path, ForeignCompression compression, string? wanted, CancellationToken cancellationToken)
    {
        using var file = Wrapping.Open(path);
        var scan = new SqlScan(wanted);
        Found Bad(ForeignState state, string detail) => new(ForeignFormat.PlainSql, compression, state, detail, scan.Contents);
        try
        {
            scan.ReadAll(file.Content, () => { }, cancellationToken);
        }
        catch (Exception problem) when (Wrapping.IsUnreadable(problem))
        {
            return file.RanOut ? Bad(ForeignState.Truncated, $"the {Name(compression)} stream ends before its end") : Bad(ForeignState.Corrupt, $"the {Name(compression)} stream can't be unpacked: {problem.Message}");
        }
        if (scan.IsCut || !scan.IsComplete)
            return Bad(ForeignState.Truncated, scan.IsCut ? "it ends in the middle of a table's rows" : "pg_dump's last line, 'PostgreSQL database dump complete', is missing");
        return scan.IsOfServer && scan.Contents.Database is null && wanted is not null
            ? Bad(ForeignState.OtherDatabase, $"it is of a whole server with the databases {string.Join(", ", scan.Databases)}, and {wanted} is not among them")
            : new Found(ForeignFormat.PlainSql, compression, null, "", scan.Contents);
    }

    private async Task<Found> FolderAsync(string path, CancellationToken cancellationToken)
    {
        if (Recognise(path) is { NotOne: { } notOne })
            return new Found(ForeignFormat.Unknown, ForeignCompression.None, ForeignState.NotABackup, notOne, new());
        foreach (var member in Directory.GetFiles(path).Order(StringComparer.Ordinal))
        {
            if (await Task.Run(() => Unpack(member), cancellationToken) is { } bad)
                return new Found(ForeignFormat.Directory, ForeignCompression.None, bad.State, $"{Path.GetFileName(member)}: {bad.Detail}", new());
        }
        return await ArchiveAsync(path, ForeignFormat.Directory, ForeignCompression.None, cancellationToken);
    }

    private async Task<Found> ArchiveAsync(string path, ForeignFormat format, ForeignCompression compression, CancellationToken cancellationToken)
    {
        var (programs, missing) = await DumpPrograms.FindAsync(door, settings.ProgramFolder, 0, cancellationToken);
        if (programs is null)
            throw new IOException($"{path} can't be read: {missing!.What}");
        var archive = new ForeignArchive(door, programs, path, format, compression);
        var (list, scan, bad) = await archive.ReadAsync(time, cancellationToken);
        var contents = scan.Contents with { Database = list?.Database ?? scan.Contents.Database, ServerVersion = list?.ServerVersion ?? scan.Contents.ServerVersion };
        return new Found(format, compression, bad?.State, bad?.Detail ?? "", contents);
    }

    // Nothing of it can be read, or something else can.
    private static Found Unknown(string path, ForeignCompression compression, string notOne) =>
        compression != ForeignCompression.None && Unpack(path) is { } bad
            ? new Found(ForeignFormat.Unknown, compression, bad.State, bad.Detail, new())
            : new Found(ForeignFormat.Unknown, compression, ForeignState.NotABackup, notOne, new());

    private static (ForeignState State, string Detail)? Unpack(string path)
    {
        using var file = Wrapping.Open(path);
        if (file.Compression == ForeignCompression.None)
            return null;
        try
        {
            file.Content.CopyTo(Stream.Null);
            return null;
        }
        catch (Exception problem) when (Wrapping.IsUnreadable(problem))
        {
            return file.RanOut ? (ForeignState.Truncated, $"the {Name(file.Compression)} stream ends before its end") : (ForeignState.Corrupt, $"the {Name(file.Compression)} stream can't be unpacked: {problem.Message}");
        }
    }

    private static string WhatElse(ReadOnlySpan<byte> beginning, bool tarred) => beginning switch
    {
        [] => "there is nothing in it",
        [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', ..] => "it is packed with xz, which is not read here: unpack it",
        [(byte)'B', (byte)'Z', (byte)'h', ..] => "it is packed with bzip2, which is not read here: unpack it",
        [0x04, 0x22, 0x4d, 0x18, ..] => "it is packed with lz4, which is not read here: unpack it",
        [(byte)'P', (byte)'K', 3, 4, ..] => "it is a zip archive, which is not read here: unpack it",
        [0xff, 0xfe, ..] => "it is in UTF-16, as PowerShell's > writes: let pg_dump write the file itself (--file)",
        _ when tarred => "it is a tar archive of something else than pg_dump makes: unpack it",
        _ when beginning.StartsWith("-- MySQL dump"u8) => "it is a dump of MySQL",
        _ => $"neither pg_dump's archive nor its SQL: it begins with {Convert.ToHexStringLower(beginning[..Math.Min(8, beginning.Length)])}",
    };

    internal static string Name(ForeignCompression compression) => compression == ForeignCompression.Zstd ? "zstd" : "gzip";

    private static DateTime NewestBelow(string folder) =>
        Directory.EnumerateFiles(folder).Select(File.GetLastWriteTimeUtc).DefaultIfEmpty(Directory.GetLastWriteTimeUtc(folder)).Max();

    private static long Size(string path) =>
        Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) : new FileInfo(path).Length;

    private sealed record Found(ForeignFormat Format, ForeignCompression Compression, ForeignState? State, string Detail, ForeignContents Contents);
}
