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
    private const char Going = '-';
    private const char Staying = '+';

    private readonly FileStream _file;
    private readonly RemovalList _list;
    private readonly MemoryStream _pending = new();
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
        note.Replay();
        return note;
    }

    /// <summary>A file is about to be removed.</summary>
    /// <param name="freed">What that frees for certain.</param>
    public void Intend(int rule, long freed, ReadOnlySpan<byte> folder, ReadOnlySpan<byte> name)
    {
        Record(Going, rule, freed, folder, name);
        var total = _totals[rule];
        _totals[rule] = total with { Files = total.Files + 1, Bytes = total.Bytes + freed };
        Since++;
    }

    /// <summary>What was intended since the last time stands in the file when this returns.</summary>
    /// <exception cref="IOException">There is no room for it; nothing of it was removed.</exception>
    public void Flush() => Write();

    /// <summary>A file that was to go stays.</summary>
    public void Keep(int rule, ReadOnlySpan<byte> folder, ReadOnlySpan<byte> name, long freed)
    {
        Record(Staying, rule, freed, folder, name);
        var total = _totals[rule];
        _totals[rule] = total with { Files = total.Files - 1, Bytes = total.Bytes - freed };
    }

    /// <summary>The last of a file's several names is gone.</summary>
    public void Freed(int rule, long bytes) => _totals[rule] = _totals[rule] with { Bytes = _totals[rule].Bytes + bytes };

    public void FolderGone(int rule) => _totals[rule] = _totals[rule] with { EmptyFolders = _totals[rule].EmptyFolders + 1 };

    /// <summary>What stayed of a piece is written down too.</summary>
    public void Settle() => Write();

    /// <summary>Brings the list up to what the note tells; the caller then makes the mark durable, and calls <see cref="Renew"/>.</summary>
    public void Close()
    {
        foreach (var (rule, freed, path) in Gone(mustBeGone: false))
            List(rule, freed, path);
        _list.Flush();
    }

    /// <summary>Begins anew, after the journal has the mark with the next generation.</summary>
    public void Renew()
    {
        Generation++;
        Since = 0;
        _file.SetLength(0);
        _file.Position = 0;
        _file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Generation}\0")));
    }

    public void Dispose()
    {
        _file.Dispose();
        _list.Dispose();
    }

    private void Replay()
    {
        foreach (var (rule, freed, path) in Gone(mustBeGone: true))
        {
            _totals[rule] = _totals[rule] with { Files = _totals[rule].Files + 1, Bytes = _totals[rule].Bytes + freed };
            List(rule, freed, path);
        }
        _list.Flush();
    }

    private void List(int rule, long freed, byte[] path)
    {
        if (!_list.Add(rule, freed, path))
            _totals[rule] = _totals[rule] with { Unlisted = _totals[rule].Unlisted + 1 };
    }

    // Those noted as going and not as staying. Of what an attempt before left, a path that is there again was not removed, or has been made anew.
    private List<(int Rule, long Freed, byte[] Path)> Gone(bool mustBeGone)
    {
        var records = Records();
        if (records.Count == 0 || Encoding.ASCII.GetString(records[0]) != Generation.ToString(CultureInfo.InvariantCulture))
            return [];
        var parsed = records.Skip(1).Select(Parsed).ToList();
        var staying = parsed.Where(record => record.Kind == Staying).Select(Key).ToHashSet(StringComparer.Ordinal);
        return parsed.Where(record => record.Kind == Going && !(staying.Count > 0 && staying.Contains(Key(record))) && !(mustBeGone && FolderCursor.Exists(record.Path)))
            .Select(record => (record.Rule, record.Freed, record.Path)).ToList();
    }

    private static string Key((char Kind, int Rule, long Freed, byte[] Path) record) => $"{record.Rule} {Convert.ToBase64String(record.Path)}";

    private List<byte[]> Records()
    {
        var bytes = new byte[_file.Length];
        _file.Position = 0;
        _file.ReadExactly(bytes);
        var found = new List<byte[]>();
        for (int start = 0, end; (end = bytes.AsSpan(start).IndexOf((byte)0)) >= 0; start += end + 1)
            found.Add(bytes[start..(start + end)]);
        return found;
    }

    // Kind, rule, bytes, path: "-0 4096 /srv/tmp/a".
    private static (char Kind, int Rule, long Freed, byte[] Path) Parsed(byte[] record)
    {
        var first = Array.IndexOf(record, (byte)' ');
        var second = Array.IndexOf(record, (byte)' ', first + 1);
        return ((char)record[0], int.Parse(record.AsSpan(1, first - 1), CultureInfo.InvariantCulture), long.Parse(record.AsSpan(first + 1, second - first - 1), CultureInfo.InvariantCulture), record[(second + 1)..]);
    }

    private void Record(char kind, int rule, long freed, ReadOnlySpan<byte> folder, ReadOnlySpan<byte> name)
    {
        Span<byte> head = stackalloc byte[48];
        System.Text.Unicode.Utf8.TryWrite(head, CultureInfo.InvariantCulture, $"{kind}{rule} {freed} ", out var length);
        _pending.Write(head[..length]);
        _pending.Write(folder);
        _pending.WriteByte((byte)'/');
        _pending.Write(name);
        _pending.WriteByte(0);
    }

    private void Write()
    {
        if (_pending.Length == 0)
            return;
        _file.Write(_pending.GetBuffer().AsSpan(0, (int)_pending.Length));
        _pending.SetLength(0);
    }
}
