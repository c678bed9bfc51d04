using System.Text;
using Upkeep.Files;
using Upkeep.Redaction;

namespace Upkeep.Host.DiskCleanup;

/// <summary>The files that were removed, as a table for the run's folder; it ends where it would become a burden itself.</summary>
internal sealed class RemovalList(string path, Redactor redactor) : IDisposable
{
    private const long MostBytes = 16 << 20;

    private readonly FileStream _file = new(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read, UnixCreateMode = RunFolder.OwnerOnlyFile });
    private readonly Csv _rows = WithoutHead();

    public long Length { get; private set; }

    /// <summary>Forgets what came after a length that the journal tells of.</summary>
    public void CutTo(long length)
    {
        _file.SetLength(length);
        _file.Position = length;
        if (length == 0)
            _file.Write(Encoding.UTF8.GetBytes(new Csv("rule", "path", "bytes_freed").Take()));
        // Before the journal tells of it.
        _file.Flush();
        Length = _file.Position;
    }

    /// <param name="rule">Its place in the settings, from 0.</param>
    /// <returns>False where the list is full.</returns>
    public bool Add(int rule, long freed, byte[] removed)
    {
        if (Length >= MostBytes)
            return false;
        _rows.Row(rule, Encoding.UTF8.GetString(removed), freed);
        return true;
    }

    public void Flush()
    {
        _file.Write(Encoding.UTF8.GetBytes(redactor.Clean(_rows.Take())));
        _file.Flush();
        Length = _file.Position;
    }

    public void Dispose() => _file.Dispose();

    // A table begins with its columns, which are in the file already.
    private static Csv WithoutHead()
    {
        var rows = new Csv();
        _ = rows.Take();
        return rows;
    }
}
