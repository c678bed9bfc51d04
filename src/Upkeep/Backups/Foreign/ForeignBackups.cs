using Upkeep.Configuration;
using Upkeep.Processes;

namespace Upkeep.Backups.Foreign;

/// <summary>The backups that others put into a folder.</summary>
/// <param name="expected">What they should be of; asked when it is needed.</param>
public sealed class ForeignBackups(ProgramDoor door, BackupSettings settings, Func<CancellationToken, Task<ForeignExpectation>> expected, TimeProvider time)
{
    /// <summary>
    /// Looks through a folder, newest first. The days that <c>backup.expected.days</c> names are read to their end; of older ones only the
    /// beginning, as a year of backups is not read every week. The detail says which.
    /// </summary>
    /// <exception cref="IOException">The folder, or something in it, can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is closed to us.</exception>
    public async Task<IReadOnlyList<ForeignBackup>> FindAsync(string folder, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow().UtcDateTime - TimeSpan.FromDays(settings.Expected.Days + 1);
        var wanted = await expected(cancellationToken);
        var reader = new ForeignReader(door, settings, time);
        var found = new List<ForeignBackup>();
        foreach (var path in Candidates(folder))
            found.Add(Written(path) >= since ? (await reader.LookAsync(path, wanted, cancellationToken)).Backup : Glance(path));
        return [.. found.OrderByDescending(backup => backup.At)];
    }

    /// <summary>
    /// The newest backup of the configured folders, from its first bytes; what is none at all is passed by.
    /// </summary>
    /// <param name="since">Older ones don't count.</param>
    public ForeignBackup? Newest(DateTimeOffset since) => settings.Expected.Folders.Where(Directory.Exists).SelectMany(Candidates)
        .Where(path => Written(path) > since.UtcDateTime).OrderByDescending(Written).Select(Glance).FirstOrDefault(backup => backup.State != ForeignState.NotABackup);

    // Hidden files are other programs' own business, and so are backups of ours with a manifest.
    private static IEnumerable<string> Candidates(string folder) => Directory.EnumerateFileSystemEntries(folder)
        .Where(path => !Path.GetFileName(path).StartsWith('.') && !File.Exists(Path.Combine(path, BackupStore.ManifestFile)));

    private static DateTime Written(string path) => File.GetLastWriteTimeUtc(path);

    private static ForeignBackup Glance(string path)
    {
        var (format, compression, notOne) = ForeignReader.Recognise(path);
        var bytes = Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles().Sum(file => file.Length) : new FileInfo(path).Length;
        var (state, detail) = bytes == 0 ? (ForeignState.Empty, "it has no bytes")
            : notOne is not null ? (ForeignState.NotABackup, notOne)
            : (ForeignState.Whole, "only its beginning was read, as it is old");
        return new ForeignBackup(Path.GetFullPath(path), format, compression, state, bytes, new DateTimeOffset(Written(path), TimeSpan.Zero), detail);
    }
}
