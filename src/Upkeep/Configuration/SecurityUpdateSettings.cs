namespace Upkeep.Configuration;

/// <summary>What becomes of the security updates that the archives have for this machine.</summary>
public sealed record SecurityUpdateSettings
{
    /// <summary>True approves of them: they are installed. Else they are only told.</summary>
    public bool Apply { get; init; }
    /// <summary>Packages that are left as they are, by name; * and ? stand for anything.</summary>
    public IReadOnlyList<string> Except { get; init; } = [];
    /// <summary>Archives whose updates count as security updates besides those whose own label or suite says so, written as unattended-upgrades does: o=Example,l=Example-Hotfix. Keys: o, a, n, l, c, site; * and ? stand for anything.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];
    /// <summary>Whether a run that may do so fetches the archives' lists first (apt-get update); null: where apply is true.</summary>
    public bool? Refresh { get; init; }
    /// <summary>Lists that are older don't tell what is pending.</summary>
    public TimeSpan ListsMaxAge { get; init; } = TimeSpan.FromDays(2);
    /// <summary>How long apt's and dpkg's locks are waited for.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromMinutes(10);
    /// <summary>How many packages apt gets at once; between two times a run can stop.</summary>
    [Limits(1, 10000)]
    public int Batch { get; init; } = 20;
    /// <summary>True leaves a package as it is where its old version can't be kept for the way back.</summary>
    public bool RequireWayBack { get; init; }
    /// <summary>True only tells, where unattended-upgrades is set up to install them.</summary>
    public bool LeaveToUnattended { get; init; }
}
