using System.Globalization;
using System.Text;
using Upkeep.Files;

namespace Upkeep.Host.DiskCleanup;

/// <summary>
/// What is about to be removed, written down before it is, so that a kill loses no count: a file that the next attempt finds noted and gone was removed by
/// the one before. A piece of the work at a time; when it is done and the journal has its totals, the note begins anew.
/// </summary>
/// <remarks>Records end with NUL, which no path holds; the first is the generation. One that a kill cut short has no end, and was not acted on.</remarks>
internal sealed class RemovalNote : IDisposable
{
    private readonly FileStream _file;
    private readonly RemovalList _list;
    private readonly ReaderWriterLockSlim _pieces = new();
    private readonly Lock _gate = new();
    private readonly RuleTotal[] _totals;

    private RemovalNote(FileStream file, RemovalList list, RuleTotal[] totals) => (_file, _list, _totals) = (file, list, totals);

    /// <summary>What has been removed so far, by rule.</summary>
    public IReadOnlyList<RuleTotal> Totals => _totals;

    public long ListBytes => _list.Length;

    public int Generation { get; private set; }

    /// <summary>Files noted since the note began anew.</summary>
    public int Since { get; private set; }

    /// <summary>Opens the note of this attempt; what an attempt before left in it is told to the list and the totals.</summary>
    /// <param name="mark">How far the journal says that it has come; null at the first attempt.</param>
    public static RemovalNote Open(string path, RemovalList list, CleanupMark? mark, int rules)
    {
        var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 0, UnixCreateMode = RunFolder.OwnerOnlyFile });
        list.CutTo(mark?.ListBytes ?? 0);
        var note = new RemovalNote(file, list, [.. mark?.Totals ?? Enumerable.Repeat(new RuleTotal(0, 0, 0, 0), rules)]) { Generation = mark?.Generation ?? 0 };
        note.Tell(mustBeGone: true);
        return note;
    }

    /// <summary>Begins a piece of the work; until it is disposed of, the note doesn't begin anew. Several threads may each be at a piece.</summary>
    /// <param name="rule">Which of the survey's it is.</param>
    public RemovalPiece Piece(int rule)
    {
        _pieces.EnterReadLock();
        return new RemovalPiece(this, rule);
    }

    public void FolderGone(int rule)
    {
        using var piece = Piece(rule);
        piece.FolderGone();
    }

    /// <summary>Does something while nobody is at a piece.</summary>
    public void BetweenPieces(Action work)
    {
        _pieces.EnterWriteLock();
        try
        {
            work();
        }
        finally
        {
            _pieces.ExitWriteLock();
        }
    }

    /// <summary>Brings the list up to what the note tells; the caller then makes the mark durable, and calls <see cref="Renew"/>.</summary>
    /// <exception cref="NoteBrokenException">There is no room.</exception>
    public void Close()
    {
        try
        {
            Tell(mustBeGone: false);
        }
        catch (IOException problem)
        {
            throw new NoteBrokenException(problem);
        }
    }

    /// <summary>Begins anew, after the journal has the mark with the next generation.</summary>
    /// <inheritdoc cref="Close"/>
    public void Renew()
    {
        Generation++;
        Since = 0;
        try
        {
            _file.SetLength(0);
            _file.Position = 0;
            _file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Generation}\0")));
        }
        catch (IOException problem)
        {
            throw new NoteBrokenException(problem);
        }
    }

    /// <summary>Writes records and counts what they tell, when they stand in the file.</summary>
    internal void Write(ReadOnlySpan<byte> records, int rule, RuleTotal more)
    {
        lock (_gate)
        {
            try
            {
                _file.Write(records);
            }
            catch (IOException problem)
            {
                throw new NoteBrokenException(problem);
            }
            var total = _totals[rule];
            _totals[rule] = total with { Files = total.Files + more.Files, Bytes = total.Bytes + more.Bytes, EmptyFolders = total.EmptyFolders + more.EmptyFolders };
            Since += (int)Math.Max(0, more.Files);
        }
    }

    internal void PieceEnded() => _pieces.ExitReadLock();

    public void Dispose()
    {
        _file.Dispose();
        _list.Dispose();
        _pieces.Dispose();
    }

    // Those noted as going and not as staying. Of what an attempt before left, a path that is there again was not removed, or has been made anew.
    private void Tell(bool mustBeGone)
    {
        var bytes = new byte[_file.Length];
        _file.Position = 0;
        _file.ReadExactly(bytes);
        var at = 0;
        if (!Next(bytes, ref at, out var first) || Encoding.ASCII.GetString(first) != Generation.ToString(CultureInfo.InvariantCulture))
            return;
        var staying = Staying(bytes, at);
        while (Next(bytes, ref at, out var record))
        {
            if (record[0] != RemovalPiece.Going || staying.Count > 0 && staying.Contains(Key(record)))
                continue;
            var (rule, freed, path) = RemovalPiece.Parsed(record);
            if (mustBeGone && FolderCursor.Exists(path))
                continue;
            var total = _totals[rule];
            if (mustBeGone)
                total = total with { Files = total.Files + 1, Bytes = total.Bytes + freed };
            _totals[rule] = _list.Add(rule, freed, path) ? total : total with { Unlisted = total.Unlisted + 1 };
        }
        _list.Flush();
    }

    private static HashSet<string> Staying(byte[] bytes, int at)
    {
        var staying = new HashSet<string>(StringComparer.Ordinal);
        while (Next(bytes, ref at, out var record))
        {
            if (record[0] == RemovalPiece.Staying)
                staying.Add(Key(record));
        }
        return staying;
    }

    // All but the kind.
    private static string Key(ReadOnlySpan<byte> record) => Encoding.Latin1.GetString(record[1..]);

    private static bool Next(byte[] bytes, ref int at, out ReadOnlySpan<byte> record)
    {
        var length = bytes.AsSpan(at).IndexOf((byte)0);
        record = length > 0 ? bytes.AsSpan(at, length) : default;
        at += length + 1;
        return length > 0;
    }
}

/// <summary>What is about to be removed can't be written down, so nothing more may go.</summary>
internal sealed class NoteBrokenException(IOException cause) : Exception(cause.Message, cause);
