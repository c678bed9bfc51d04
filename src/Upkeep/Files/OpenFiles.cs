using System.Globalization;

namespace Upkeep.Files;

/// <summary>A process that has a file open for writing.</summary>
/// <param name="Appends">Whether the kernel puts whatever it writes at the end (O_APPEND); else it writes where its own position is.</param>
public sealed record FileWriter(int Process, string Name, bool Appends);

/// <summary>Who has a file open, as /proc tells it.</summary>
/// <param name="Writers">Those seen.</param>
/// <param name="Unseen">Processes of others, which only root may look into.</param>
public sealed record OpenFiles(IReadOnlyList<FileWriter> Writers, int Unseen)
{
    // open(2): access mode in the two lowest bits, 0 being reading only.
    private const int AccessMode = 3;
    private const int Append = 0x400;

    /// <summary>Looks through all processes once.</summary>
    public static OpenFiles Of(FileFacts file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var writers = new List<FileWriter>();
        var unseen = 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process) || process == Environment.ProcessId)
                continue;
            try
            {
                writers.AddRange(Descriptors(folder, file).Select(appends => new FileWriter(process, NameOf(folder), appends)));
            }
            catch (UnauthorizedAccessException)
            {
                unseen++;
            }
            catch (Exception problem) when (problem is DirectoryNotFoundException or FileNotFoundException or IOException)
            {
                // It ended while it was looked at, and writes nothing any more.
            }
        }
        return new OpenFiles(writers, unseen);
    }

    private static IEnumerable<bool> Descriptors(string folder, FileFacts file)
    {
        foreach (var descriptor in Directory.EnumerateFileSystemEntries(Path.Combine(folder, "fd")))
        {
            // Through the link the kernel answers for the open file itself, also when its name is gone.
            if (!file.IsSameFile(FileFacts.Behind(descriptor)) || Flags(folder, Path.GetFileName(descriptor)) is not { } flags || (flags & AccessMode) == 0)
                continue;
            yield return (flags & Append) != 0;
        }
    }

    private static int? Flags(string folder, string descriptor)
    {
        const string label = "flags:";
        var line = File.ReadLines(Path.Combine(folder, "fdinfo", descriptor)).FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal));
        return line is null ? null : Convert.ToInt32(line[label.Length..].Trim(), 8);
    }

    private static string NameOf(string folder) => File.ReadAllText(Path.Combine(folder, "comm")).Trim();
}
