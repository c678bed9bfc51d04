using Upkeep.Postgres.Digests;

namespace Upkeep.Backups.Physical;

/// <summary>How far a physical backup is: first the server's files, then the digests of the database's tables.</summary>
/// <param name="files">Bytes of the whole server, estimated.</param>
/// <param name="tables">Bytes of the tables to digest, estimated.</param>
internal sealed class PhysicalProgress(long files, long tables, Action<long, long, string?> moved)
{
    private long _digested;

    /// <summary>Some of the files are copied; the engine's own count of them is better than the estimate.</summary>
    public void Copied(long done, long total) => moved(Part(done, total), files + tables, null);

    public void Digested(DigestTable table) => moved(files + Interlocked.Add(ref _digested, table.Bytes), files + tables, table.Name.ToString());

    private long Part(long done, long total) => total <= 0 ? 0 : (long)(files * Math.Min(1, (double)done / total));
}
