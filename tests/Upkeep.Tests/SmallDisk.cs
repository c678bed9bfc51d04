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

    public async ValueTask DisposeAsync() => await RunAsync("umount", [Folder], CancellationToken.None);

    private static async Task<string?> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var result = await PostgresServer.Programs.RunAsync(program, arguments, new Dictionary<string, string?>(), null, cancellationToken);
        return result.ExitCode == 0 ? null : result.Error;
    }
}
