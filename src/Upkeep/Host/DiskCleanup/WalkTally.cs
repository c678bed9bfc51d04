namespace Upkeep.Host.DiskCleanup;

/// <summary>Entries that a walk left alone, counted by the reason.</summary>
public sealed record WalkTally
{
    /// <summary>Used too lately.</summary>
    public long Young { get; set; }
    /// <summary>Of another name than the pattern.</summary>
    public long OtherNames { get; set; }
    /// <summary>Among the newest that stay.</summary>
    public long Newest { get; set; }
    /// <summary>Enough is free without removing them.</summary>
    public long NotNeeded { get; set; }
    /// <summary>Somebody has them open.</summary>
    public long InUse { get; set; }
    /// <summary>Whether somebody has them open can't be told.</summary>
    public long Unknown { get; set; }
    /// <summary>The kernel refuses to remove them.</summary>
    public long Refused { get; set; }
    public long Links { get; set; }
    /// <summary>Sockets, pipes and devices.</summary>
    public long Special { get; set; }
    /// <summary>Folders and files where something else is mounted.</summary>
    public long OtherMounts { get; set; }
    /// <summary>Folders that aren't ours to read.</summary>
    public long Unreadable { get; set; }
    /// <summary>Folders below the 256th.</summary>
    public long TooDeep { get; set; }
    /// <summary>Folders that were moved or swapped while they were walked.</summary>
    public long Moved { get; set; }

    /// <summary>Counts what another line of the walk left, too.</summary>
    internal void Add(WalkTally other)
    {
        Young += other.Young;
        OtherNames += other.OtherNames;
        Newest += other.Newest;
        NotNeeded += other.NotNeeded;
        InUse += other.InUse;
        Unknown += other.Unknown;
        Refused += other.Refused;
        Links += other.Links;
        Special += other.Special;
        OtherMounts += other.OtherMounts;
        Unreadable += other.Unreadable;
        TooDeep += other.TooDeep;
        Moved += other.Moved;
    }
}
