namespace Upkeep.Postgres.Clusters;

/// <summary>How a throw-away cluster is to be made.</summary>
public sealed record ClusterSettings
{
    /// <summary>A folder that doesn't exist or is empty; the cluster owns it and takes it along when it goes.</summary>
    public required string Folder { get; init; }

    /// <summary>Lines for postgresql.conf, for example <c>fsync = off</c>.</summary>
    public IReadOnlyList<string> Configuration { get; init; } = [];

    /// <summary>Folder of the server programs, for a certain version; null takes the newest of this machine.</summary>
    public string? ProgramFolder { get; init; }

    /// <summary>Makes the data folder instead of initdb, and says as whom its server is to be entered. What it throws ends the start.</summary>
    internal Func<ClusterFolder, ClusterPrograms, CancellationToken, Task<ClusterLogin>>? Prepare { get; init; }

    /// <summary>
    /// Whether it is to hold what not every user of this machine may read: the server then asks for a password that only this process knows.
    /// Else whoever can reach 127.0.0.1 is let in.
    /// </summary>
    public bool Private { get; init; }

    /// <summary>How far the server stands back behind others on this machine's processors, as nice has it; 0 not at all.</summary>
    public int Nice { get; init; }
}

/// <summary>As whom a cluster's server is entered.</summary>
/// <param name="Password">Null where it asks for none.</param>
internal sealed record ClusterLogin(string Role, string? Password);
