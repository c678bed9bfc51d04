using System.Globalization;
using System.Runtime.InteropServices;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Redaction;

namespace Upkeep.Checking;

/// <summary>The folders that a run writes to, the room there, and the journal.</summary>
internal static partial class FolderRequirements
{
    public static IReadOnlyList<Requirement> Look(UpkeepConfiguration configuration, TimeProvider time)
    {
        var reserve = configuration.Readiness.FreeDiskReserve;
        var found = new List<Requirement>
        {
            Folder("root", configuration.Root, reserve, []),
            Folder("backup.folder", configuration.Backup.Folder, reserve, ["preparation.backup"]),
        };
        if (configuration.Retention.ArchiveFolder is { } archive)
            found.Add(Folder("retention.archiveFolder", archive, reserve, ["database.retention", "database.sessions"]));
        found.AddRange(configuration.Backup.Expected.Folders.Select(Expected));
        found.Add(Journal(Path.Combine(configuration.Root, "journal.db"), time));
        found.Add(ApplicationLog(configuration, time));
        return found;
    }

    /// <param name="costs">Empty where nothing at all goes without the folder.</param>
    private static Requirement Folder(string key, string folder, long reserve, string[] costs)
    {
        if (Unwritable(folder) is { } why)
        {
            var hint = $"Make it and give it to the user that upkeep runs as: install -d -o {Environment.UserName} -m 700 {folder}";
            return costs.Length == 0 ? Requirement.Blocking(key, why, hint) : Requirement.Missing(key, why, hint, costs);
        }
        var room = DiskSpace.Of(folder);
        if (room is not null && room.FreeBytes < reserve)
        {
            return Requirement.Blocking(key, $"{folder} has {Amount.Bytes(room.FreeBytes)} free, under the reserve of {Amount.Bytes(reserve)}",
                "Free some disk, move the folder, or lower readiness.freeDiskReserve: preparation.readiness says no below it.");
        }
        return Requirement.Met(key, $"{folder} is writable{(Directory.Exists(folder) ? "" : " (made when needed)")}{(room is null ? "" : $", {Amount.Bytes(room.FreeBytes)} free")}");
    }

    private static Requirement Expected(string folder)
    {
        const string key = "backup.expected.folders";
        return Access(folder, Read | Enter) == 0 && Directory.Exists(folder) ? Requirement.Met(key, $"{folder} is readable")
            : Requirement.Missing(key, Directory.Exists(folder) ? $"{folder} can't be read by {Environment.UserName}" : $"There is no folder {folder}",
                "Correct the path, or give the user that upkeep runs as the right to read and enter it.", "backups.presence", "backups.sizes");
    }

    private static string? Unwritable(string folder)
    {
        var existing = folder;
        while (!Directory.Exists(existing))
        {
            if (File.Exists(existing))
                return $"{existing} is a file, not a folder";
            existing = Path.GetDirectoryName(existing)!;
        }
        return Access(existing, WriteAndEnter) == 0 ? null
            : $"{existing} can't be written to by {Environment.UserName}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
    }

    private static Requirement Journal(string path, TimeProvider time)
    {
        if (!File.Exists(path))
            return Requirement.Met("journal", $"{path} is made by the first run");
        try
        {
            using var journal = JournalFile.Open(path, Redactor.None, time);
            var runs = journal.Runs().Count;
            return Requirement.Met("journal", string.Create(CultureInfo.InvariantCulture, $"{path} holds {runs} run{(runs == 1 ? "" : "s")}"));
        }
        catch (JournalException problem)
        {
            return Requirement.Blocking("journal", problem.Message, problem.Hint);
        }
    }

    private static Requirement ApplicationLog(UpkeepConfiguration configuration, TimeProvider time)
    {
        const string key = "logs.application";
        if (configuration.Logs.Application is not { } pattern)
            return Requirement.Met(key, "Not configured: the run reads no application log");
        var zone = NodaTime.DateTimeZoneProviders.Tzdb[configuration.Window.TimeZone];
        var today = NodaTime.Instant.FromDateTimeOffset(time.GetUtcNow()).InZone(zone).Date.ToDateOnly();
        var file = pattern.Replace("{date}", today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal);
        if (Access(file, Read) == 0 && !Directory.Exists(file))
            return Requirement.Met(key, $"{file} is readable");
        return Requirement.Missing(key, File.Exists(file) ? $"{file} can't be read by {Environment.UserName}" : $"There is no file {file}",
            "Correct the path ({date} is today as yyyy-MM-dd), or give the user that upkeep runs as the right to read it.", "preparation.alerts");
    }


    private const int Read = 4;
    private const int Enter = 1;
    private const int WriteAndEnter = 2 | Enter;

    // Asks without leaving a trace, and knows read-only file systems and access lists, which mode bits don't tell.
    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Access(string path, int mode);
}
