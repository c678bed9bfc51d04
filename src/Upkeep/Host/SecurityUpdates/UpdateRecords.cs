using System.Text.Json.Serialization;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>What becomes of a security update.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<UpdateState>))]
public enum UpdateState
{
    /// <summary>It can be installed.</summary>
    Due,
    /// <summary>The package is held (apt-mark hold).</summary>
    Held,
    /// <summary>A preference of apt's keeps the package at a lower version.</summary>
    Pinned,
    /// <summary>The configuration leaves the package out.</summary>
    LeftOut,
    /// <summary>It needs more than itself: another package to come, to go or to be changed.</summary>
    Refused,
}

/// <summary>A security update that is pending.</summary>
/// <param name="Package">As apt calls it, with its architecture where that isn't the machine's own.</param>
/// <param name="From">The version that is installed.</param>
/// <param name="To">The version that the archive has.</param>
/// <param name="Archive">The archive that says it is for security, by label and suite.</param>
/// <param name="Why">Why it stays as it is; null where it is due.</param>
/// <param name="OldIsToBeHad">Whether an archive still has the version that is installed.</param>
public sealed record PendingUpdate(string Package, string From, string To, string Archive, UpdateState State, string? Why, bool OldIsToBeHad)
{
    /// <summary>As apt takes it.</summary>
    public string Target => $"{Package}={To}";
}

/// <summary>What was seen of this machine's packages.</summary>
/// <param name="Security">The security updates that are pending.</param>
/// <param name="Others">How many others are pending.</param>
/// <param name="Installed">Every package that is installed: its version, by its name as apt calls it.</param>
/// <param name="Interrupted">What an installation that was broken off left half done, in words; null where nothing was.</param>
public sealed record UpdateSurvey(IReadOnlyList<PendingUpdate> Security, int Others, IReadOnlyDictionary<string, string> Installed, string? Interrupted)
{
    [JsonIgnore]
    public IReadOnlyList<PendingUpdate> Due => [.. Security.Where(update => update.State == UpdateState.Due)];
}

/// <summary>The old version of a package, kept for the way back.</summary>
/// <param name="File">Below the run's folder.</param>
/// <param name="Source">Where it came from: <c>archive</c>, <c>cache</c> or <c>repacked</c>.</param>
public sealed record KeptPackage(string Package, string Version, string File, string Sha256, long Bytes, string Source);

/// <summary>A package that was changed.</summary>
/// <param name="Kept">Its old version; null where there is no way back.</param>
public sealed record ChangedPackage(string Package, string From, string To, string Archive, KeptPackage? Kept)
{
    /// <summary>How dpkg has it where that is not whole at <see cref="To"/>: the version and dpkg's word for its state; null where it is.</summary>
    public string? Unfinished { get; init; }
}

public sealed record UpdateEffect(IReadOnlyList<ChangedPackage> Changed);

/// <summary>What was begun: written before apt is called.</summary>
public sealed record UpdateProgress(IReadOnlyList<KeptPackage> Kept, IReadOnlyList<string> Begun);

/// <summary>How many updates were pending at a time.</summary>
/// <param name="What"><c>security</c> or <c>other</c>.</param>
public sealed record PendingPoint(DateTimeOffset At, string What, double Count);
