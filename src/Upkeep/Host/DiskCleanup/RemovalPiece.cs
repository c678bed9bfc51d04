using System.Buffers;
using System.Globalization;
using System.Text.Unicode;

namespace Upkeep.Host.DiskCleanup;

/// <summary>Files of one folder that one thread removes together: all are noted with one write before the first of them goes.</summary>
/// <param name="rule">Which of the survey's it is.</param>
internal sealed class RemovalPiece(RemovalNote note, int rule) : IDisposable
{
    public const byte Going = (byte)'-';
    public const byte Staying = (byte)'+';

    private readonly ArrayBufferWriter<byte> _records = new(16 << 10);
    private RuleTotal _more = new(0, 0, 0, 0);

    /// <summary>A file is about to be removed.</summary>
    /// <param name="freed">What that frees for certain.</param>
    public void Intend(long freed, ReadOnlySpan<byte> folder, ReadOnlySpan<byte> name)
    {
        Record(Going, freed, folder, name);
        _more = _more with { Files = _more.Files + 1, Bytes = _more.Bytes + freed };
    }

    /// <summary>A file that was to go stays.</summary>
    public void Keep(long freed, ReadOnlySpan<byte> folder, ReadOnlySpan<byte> name)
    {
        Record(Staying, freed, folder, name);
        _more = _more with { Files = _more.Files - 1, Bytes = _more.Bytes - freed };
    }

    /// <summary>The last of a file's several names is gone.</summary>
    public void Freed(long bytes) => _more = _more with { Bytes = _more.Bytes + bytes };

    public void FolderGone()
    {
        _more = _more with { EmptyFolders = _more.EmptyFolders + 1 };
        Write();
    }

    /// <summary>What was told since the last time stands in the note, and is counted, when this returns.</summary>
    /// <exception cref="NoteBrokenException">There is no room for it; nothing that was intended since the last time may be removed.</exception>
    public void Write()
    {
        note.Write(_records.WrittenSpan, rule, _more);
        _records.ResetWrittenCount();
        _more = new RuleTotal(0, 0, 0, 0);
    }

    public void Dispose() => note.PieceEnded();

    /// <summary>What a record tells: kind, rule, bytes, path, as in "-0 4096 /srv/tmp/a".</summary>
    public static (int Rule, long Freed, byte[] Path) Parsed(ReadOnlySpan<byte> record)
    {
        var first = record.IndexOf((byte)' ');
        var second = first + 1 + record[(first + 1)..].IndexOf((byte)' ');
        return (int.Parse(record[1..first], CultureInfo.InvariantCulture), long.Parse(record[(first + 1)..second], CultureInfo.InvariantCulture), record[(second + 1)..].ToArray());
    }

    private void Record(byte kind, long freed, ReadOnlySpan<byte> folder, ReadOnlySpan<byte> name)
    {
        var to = _records.GetSpan(folder.Length + name.Length + 48);
        Utf8.TryWrite(to, CultureInfo.InvariantCulture, $"{(char)kind}{rule} {freed} ", out var length);
        folder.CopyTo(to[length..]);
        length += folder.Length;
        to[length++] = (byte)'/';
        name.CopyTo(to[length..]);
        length += name.Length;
        to[length++] = 0;
        _records.Advance(length);
    }
}
