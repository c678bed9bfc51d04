using Upkeep.Postgres.Digests;

namespace Upkeep.Backups;

/// <summary>
/// How far a backup is: every table counts twice, once for its dump and once for its digest. pg_dump says only when it begins a table, so
/// a table counts as dumped once as many others have begun as there are jobs.
/// </summary>
internal sealed class BackupProgress(DigestScope scope, int jobs, Action<long, long, string?> moved)
{
    // pg_dump's lines don't quote names, so "a.b"."c" and "a"."b.c" read the same; they share their size here.
    private readonly Dictionary<string, long> _sizes = scope.Tables.GroupBy(table => table.Name.ToString(), StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Max(table => table.Bytes), StringComparer.Ordinal);
    private readonly Queue<long> _running = new();
    private readonly Lock _gate = new();
    private readonly long _total = 2 * scope.Bytes;
    private long _done;

    public void DumpBegins(string table)
    {
        lock (_gate)
        {
            if (_running.Count >= Math.Max(1, jobs))
                _done += _running.Dequeue();
            _running.Enqueue(_sizes.GetValueOrDefault(table));
            moved(_done, _total, table);
        }
    }

    public void Digested(DigestTable table)
    {
        lock (_gate)
        {
            _done += table.Bytes;
            moved(_done, _total, table.Name.ToString());
        }
    }
}
