namespace Upkeep.Postgres.Clusters;

/// <summary>Takes a cluster away: its server, its processes, its folder.</summary>
internal static class ClusterRemains
{
    // A program of a dead owner may still be writing when we begin; each round ends what it finds.
    private const int Rounds = 10;

    /// <summary>Removes a cluster. Safe to call again after an interruption, and when nothing is left.</summary>
    /// <exception cref="ClusterException">The folder bears no claim of ours, or can't be emptied.</exception>
    public static async Task RemoveAsync(ClusterFolder folder, ClusterPrograms programs, CancellationToken cancellationToken)
    {
        for (var round = 0; Directory.Exists(folder.Path) || ClusterProcesses.Of(folder.Data).Count > 0; round++)
        {
            if (round == Rounds)
                throw new ClusterException($"The throw-away cluster in {folder.Path} can't be removed: something goes on writing there.", "Stop it and delete the folder.");
            if (Directory.Exists(folder.Path) && !File.Exists(folder.Marker))
                throw Foreign(folder);
            if (File.Exists(Path.Combine(folder.Data, "postmaster.pid")))
                await programs.RunAsync("pg_ctl", ["-D", folder.Data, "-m", "immediate", "-w", "-t", "30", "-s", "stop"], cancellationToken);
            await ClusterProcesses.KillAsync(folder.Data, cancellationToken);
            Delete(folder);
        }
    }

    /// <summary>For a folder that may be somebody's.</summary>
    public static ClusterException Foreign(ClusterFolder folder) => new(
        $"{folder.Path} is not empty and not a throw-away cluster of upkeep ({Path.GetFileName(folder.Marker)} is missing): it stays as it is.", "Name another folder.");

    // The marker goes last, so that what an interruption leaves is still known as ours.
    private static void Delete(ClusterFolder folder)
    {
        if (!Directory.Exists(folder.Path))
            return;
        try
        {
            if (Directory.Exists(folder.Data))
                Directory.Delete(folder.Data, recursive: true);
            Directory.Delete(folder.Path, recursive: true);
        }
        catch (IOException)
        {
            // A file came after the folder was read: the next round finds it and its writer, and says so if that never ends.
        }
    }
}
