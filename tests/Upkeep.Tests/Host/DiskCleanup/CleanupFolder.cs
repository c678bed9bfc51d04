using Microsoft.Extensions.Time.Testing;
using Upkeep.Configuration;
using Upkeep.Host.DiskCleanup;
using Upkeep.Redaction;
using Upkeep.Testing;

namespace Upkeep.Tests.Host.DiskCleanup;

/// <summary>
/// A folder of real files, and a clean-up of it ten days from now: the kernel lets nobody set the time of change (ctime) back, so the clock goes forward.
/// </summary>
internal sealed class CleanupFolder : IDisposable
{
    public const string Id = "host.disk-cleanup";

    public CleanupFolder()
    {
        Root = Directory.CreateTempSubdirectory("upkeep-cleanup-").FullName;
        Folder = Directory.CreateDirectory(Path.Combine(Root, "tmp")).FullName;
        Time = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(10));
    }

    public string Root { get; }

    public string Folder { get; }

    public FakeTimeProvider Time { get; }

    public StepHarness Harness { get; } = new();

    public CleanupRuleSettings Rule => new() { Folder = Folder };

    public static CacheCleaner Caches(params string[] aptOptions) => new(PostgresServer.Programs, aptOptions);

    public DiskCleanupStep Step(params CleanupRuleSettings[] rules) => Step(new DiskCleanupSettings { Rules = rules.Length == 0 ? [Rule] : rules }, Caches());

    public DiskCleanupStep Step(DiskCleanupSettings settings, CacheCleaner caches) => new(settings, caches, Redactor.None, Time);

    /// <param name="filesPerMark">How often the journal gets a mark.</param>
    public DiskCleanupStep Step(int filesPerMark) => new(new DiskCleanupSettings { Rules = [Rule] }, Caches(), Redactor.None, Time) { FilesPerMark = filesPerMark };

    /// <summary>Caches beside a program of the test's own, before all others of that name.</summary>
    public CacheCleaner WithProgram(string name, string script)
    {
        var bin = Directory.CreateDirectory(Path.Combine(Root, "bin")).FullName;
        var file = Path.Combine(bin, name);
        System.IO.File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        System.IO.File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new CacheCleaner(PostgresServer.Programs, []) { Variables = new Dictionary<string, string?> { ["PATH"] = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}" } };
    }

    /// <summary>A file, used now or so many days from now.</summary>
    public string File(string path, int bytes = 10, int inDays = 0)
    {
        var file = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        System.IO.File.WriteAllBytes(file, new byte[bytes]);
        if (inDays > 0)
            System.IO.File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().AddDays(inDays).UtcDateTime);
        return file;
    }

    /// <summary>Everything below the folder, by its path from there; links are not followed.</summary>
    public IReadOnlyList<string> Names() => [.. Below(new DirectoryInfo(Folder)).Select(path => Path.GetRelativePath(Folder, path)).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Below(DirectoryInfo folder) => folder.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = FileAttributes.None })
        .SelectMany(entry => entry is DirectoryInfo { LinkTarget: null } inner ? Below(inner).Prepend(entry.FullName) : [entry.FullName]);

    public void Dispose()
    {
        Harness.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
