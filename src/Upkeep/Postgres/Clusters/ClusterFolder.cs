using System.Text.Json;
using Upkeep.Processes;

namespace Upkeep.Postgres.Clusters;

/// <summary>Where things are in a cluster's folder, and whose it is.</summary>
/// <param name="Path">Absolute.</param>
internal sealed record ClusterFolder(string Path)
{
    private const string MarkerName = "upkeep-cluster.json";

    // pg_ctl hands the folder to a shell between double quotes.
    private static readonly System.Buffers.SearchValues<char> _unsafe = System.Buffers.SearchValues.Create(['"', '$', '`', '\\', '\n', '\r']);

    public string Data => System.IO.Path.Combine(Path, "data");

    public string ServerLog => System.IO.Path.Combine(Data, "server.log");

    public string Marker => System.IO.Path.Combine(Path, MarkerName);

    /// <exception cref="ArgumentException">The name can't be given to the server's programs.</exception>
    public static ClusterFolder At(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        return full.AsSpan().IndexOfAny(_unsafe) < 0 ? new ClusterFolder(full)
            : throw new ArgumentException($"A cluster can't live in {full}: pg_ctl can't take a quote, a dollar sign, a backslash or a line end in a folder's name. Choose another folder.", nameof(path));
    }

    /// <summary>Writes down whose the cluster is. Only a folder that says so is ever removed.</summary>
    public void Claim(string bin)
    {
        Directory.CreateDirectory(Path);
        // The server's user passes through, whatever our umask; it reads and writes only in the data folder.
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var beside = Marker + ".part";
        File.WriteAllText(beside, JsonSerializer.Serialize(new ClusterClaim(ProcessIdentity.Current, bin)));
        File.Move(beside, Marker, overwrite: true);
    }

    /// <summary>What the marker says, or null where there is none.</summary>
    public ClusterClaim? Claimed() => File.Exists(Marker) ? JsonSerializer.Deserialize<ClusterClaim>(File.ReadAllText(Marker)) : null;
}

/// <summary>Whose a cluster is.</summary>
/// <param name="Owner">The process that made it.</param>
/// <param name="Bin">Folder of the programs that it runs with.</param>
internal sealed record ClusterClaim(ProcessIdentity Owner, string Bin);
