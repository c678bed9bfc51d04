using Upkeep.Postgres.Clusters;
using Upkeep.Processes;

namespace Upkeep.Backups.Physical;

/// <summary>A temporary folder that the server's user may write to, and nobody else but us. It goes when it is disposed.</summary>
internal sealed class ServerFolder : IAsyncDisposable
{
    private ServerFolder(string path) => Path = path;

    public string Path { get; }

    public static async Task<ServerFolder> CreateAsync(ProgramDoor door, CancellationToken cancellationToken)
    {
        var folder = new ServerFolder(Directory.CreateTempSubdirectory("upkeep-").FullName);
        await new ClusterPrograms(door, "", ClusterAccount.Choose()).OwnAsync(folder.Path, cancellationToken);
        return folder;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Path, recursive: true);
        return ValueTask.CompletedTask;
    }
}
