namespace Upkeep.Configuration.Validation;

/// <summary>Which folders a clean-up must never be given, whatever the rule says besides.</summary>
internal static class CleanupValidator
{
    // With everything in them.
    private static readonly string[] _system =
    [
        "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/proc", "/sbin", "/sys", "/usr",
        "/var/lib/apt", "/var/lib/containerd", "/var/lib/containers", "/var/lib/docker", "/var/lib/dpkg", "/var/lib/mysql", "/var/lib/pacman", "/var/lib/postgresql", "/var/lib/rpm", "/var/lib/systemd",
    ];

    // Themselves only: what is in them belongs to many.
    private static readonly string[] _shared = ["/home", "/media", "/mnt", "/opt", "/root", "/run", "/srv", "/var", "/var/backups", "/var/cache", "/var/lib", "/var/log", "/var/mail", "/var/run", "/var/spool"];

    public static IEnumerable<Objection> Check(DiskCleanupSettings cleanup)
    {
        IReadOnlyList<(string Folder, string What)> here = cleanup.Rules.Count == 0 ? [] : OfThisMachine();
        for (var index = 0; index < cleanup.Rules.Count; index++)
        {
            if (cleanup.Rules[index].Folder is not { } folder)
                continue;
            if (Wrong(folder, here) is var (message, hint))
                yield return new Objection($"rules[{index}].folder", message, hint);
            if (cleanup.Rules[index].Pattern.Contains('/', StringComparison.Ordinal))
                yield return new Objection($"rules[{index}].pattern", $"'{cleanup.Rules[index].Pattern}' holds a slash, and names of files don't", "Write the part before the last slash as folder.");
            if (cleanup.Rules.Take(index).Any(earlier => earlier.Folder == folder && earlier.Pattern == cleanup.Rules[index].Pattern))
                yield return new Objection($"rules[{index}].folder", $"an earlier rule is for {folder} and the same pattern", "Make one of the two.");
        }
    }

    /// <summary>What Upkeep itself keeps is not to be cleaned away: backups, archives, the journal.</summary>
    public static IEnumerable<Objection> OwnFolders(UpkeepConfiguration whole)
    {
        var own = new[] { (whole.Root, "root"), (whole.Backup.Folder, "backup.folder"), (whole.Retention.ArchiveFolder, "retention.archiveFolder"), (whole.Logs.Archives, "logs.archives"), (whole.Application.WorkFolder, "application.workFolder") };
        for (var index = 0; index < whole.Host.DiskCleanup.Rules.Count; index++)
        {
            // The root folder is refused already.
            if (whole.Host.DiskCleanup.Rules[index].Folder is not { } folder || folder.Trim('/').Length == 0)
                continue;
            foreach (var (kept, key) in own)
            {
                if (kept is not null && (IsIn(folder, kept) || IsIn(kept, folder)))
                    yield return new Objection($"host.diskCleanup.rules[{index}].folder", $"{folder} and {kept} ({key}), which Upkeep keeps itself, are one within the other", "Name a folder apart from it.");
            }
        }
    }

    private static (string Message, string Hint)? Wrong(string folder, IReadOnlyList<(string Folder, string What)> here)
    {
        if (!folder.StartsWith('/'))
            return ($"'{folder}' is a relative path", "Write it whole, from / on, without ~.");
        var parts = folder.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Any(part => part is "." or "..") || folder.Contains("//", StringComparison.Ordinal))
            return ($"'{folder}' holds parts (., .., //) that lead to and fro", "Write the path as pwd -P shows it.");
        var path = "/" + string.Join('/', parts);
        if (path == "/")
            return ("/ is the whole machine", "Name the folder whose files may go.");
        if (_system.FirstOrDefault(system => IsIn(path, system)) is { } within)
            return ($"{path} is {(path == within ? "" : $"in {within}, ")}a folder of the system", "Only folders of your own programs can be cleaned.");
        if (_shared.Contains(path, StringComparer.Ordinal) || _system.Any(system => IsIn(system, path)))
            return ($"{path} is a folder of the system, which many programs share", "Name the folder of one program in it.");
        var other = here.FirstOrDefault(one => one.Folder == path);
        return other.What is null ? null : ($"{path} is {other.What}", "Name a folder below it: a whole one is never cleaned.");
    }

    private static bool IsIn(string path, string folder) => path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    // Mount points (proc(5), mountinfo: the fifth field, with blanks in octal) and homes with the folders that they are in (passwd(5): the sixth).
    private static List<(string Folder, string What)> OfThisMachine()
    {
        var mounts = Lines("/proc/self/mountinfo").Select(line => line.Split(' ')).Where(fields => fields.Length > 4)
            .Select(fields => (fields[4].Replace("\\040", " ", StringComparison.Ordinal), "a mount point"));
        var homes = Lines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length > 5).Select(fields => (Home: fields[5].TrimEnd('/'), Whose: fields[0]))
            .Append((Home: Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), Whose: Environment.UserName)).Where(home => home.Home.StartsWith('/')).ToList();
        return
        [
            .. mounts,
            .. homes.Select(home => (home.Home, $"the home folder of {home.Whose}")),
            .. homes.Select(home => (Path.GetDirectoryName(home.Home) ?? "/", $"the folder that the home of {home.Whose} is in")),
        ];
    }

    private static IEnumerable<string> Lines(string file) => File.Exists(file) ? File.ReadLines(file) : [];
}
