using Upkeep.Testing;

namespace Upkeep.Tests;

/// <summary>A file system of a few megabytes, to be filled. Needs root; the test is skipped without.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    /// <param name="size">As mount's tmpfs has it, for example <c>2m</c>.</param>
    public static async Task<SmallDisk> MountAsync(string folder, string size, CancellationToken cancellationToken)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "A small disk can be mounted by root only.");
        Directory.CreateDirectory(folder);
        var mounted = await RunAsync("mount", ["-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder], cancellationToken);
        Assert.SkipUnless(mounted is null, $"This machine lets nobody mount a small disk: {mounted}");
        return new SmallDisk(folder);
    }

    /// <summary>Makes room on it.</summary>
    /// <param name="size">As <see cref="MountAsync"/> has it.</param>
    public async Task GrowAsync(string size, CancellationToken cancellationToken) =>
        (await RunAsync("mount", ["-o", $"remount,size={size}", Folder], cancellationToken)).ShouldBeNull();

    // A process that was killed a moment ago may still be letting go of it.
    public async ValueTask DisposeAsync()
    {
        string? busy = null;
        for (var attempt = 0; attempt < 50; attempt++)
        {
            if ((busy = await RunAsync("umount", [Folder], CancellationToken.None)) is null)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
        }
        await RunAsync("umount", ["--lazy", Folder], CancellationToken.None);
        throw new InvalidOperationException($"{busy} {string.Join("; ", Users())}");
    }

    private IEnumerable<string> Users() => Directory.GetDirectories("/proc").Where(process => int.TryParse(Path.GetFileName(process), out _))
        .Where(process => new FileInfo(Path.Combine(process, "cwd")).LinkTarget?.StartsWith(Folder, StringComparison.Ordinal) == true)
        .Select(process => File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' '));

    private static async Task<string?> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var result = await PostgresServer.Programs.RunAsync(program, arguments, new Dictionary<string, string?>(), null, cancellationToken);
        return result.ExitCode == 0 ? null : result.Error;
    }
}
