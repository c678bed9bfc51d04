using System.Globalization;
using System.Text.RegularExpressions;

namespace Upkeep.Backups.Restoring;

/// <summary>How far pg_restore is, from the lines it writes: a table counts when its rows are in, by the size of its file in the dump.</summary>
internal sealed partial class RestoreProgress
{
    private readonly Dictionary<int, long> _sizes;
    private readonly long _total;
    private readonly Action<long, long, string?> _moved;
    private long _done;

    public RestoreProgress(IReadOnlyList<BackupFile> files, Action<long, long, string?> moved)
    {
        // A table's rows stand in NUMBER.dat, perhaps with the compression's ending.
        _sizes = files.Select(file => (File: file, Name: Path.GetFileName(file.Path).Split('.')[0]))
            .Where(pair => int.TryParse(pair.Name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .GroupBy(pair => int.Parse(pair.Name, CultureInfo.InvariantCulture))
            .ToDictionary(group => group.Key, group => group.Sum(pair => pair.File.Bytes));
        _total = _sizes.Values.Sum();
        _moved = moved;
    }

    /// <summary>Hears a line of pg_restore's standard error.</summary>
    public void Hear(string line)
    {
        if (Finished().Match(line) is { Success: true } finished)
            _done += _sizes.GetValueOrDefault(int.Parse(finished.Groups["id"].Value, CultureInfo.InvariantCulture));
        else if (Begins().Match(line) is { Success: true } begins)
            _moved(_done, _total, begins.Groups["what"].Value);
    }

    [GeneratedRegex(@"finished item (?<id>\d+) TABLE DATA", RegexOptions.CultureInvariant)]
    private static partial Regex Finished();

    [GeneratedRegex("""(launching item \d+ |processing data for table "|creating )(?<what>[^"]+(".*")?)""", RegexOptions.CultureInvariant)]
    private static partial Regex Begins();
}
