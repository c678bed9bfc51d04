namespace Upkeep.Database.Retention;

/// <summary>What was removed, and where it is kept.</summary>
public sealed record RetentionEffect
{
    public required bool Archived { get; init; }
    public required IReadOnlyList<LeafEffect> Leaves { get; init; }
    public long Deleted => Leaves.Sum(leaf => leaf.Deleted);
}

/// <summary>What was removed from one table.</summary>
public sealed record LeafEffect
{
    public required int Rule { get; init; }
    public required string Schema { get; init; }
    public required string Name { get; init; }

    public required string RootSchema { get; init; }

    /// <summary>The rule's table: where the rows go back to when the leaf they came from is gone.</summary>
    public required string Root { get; init; }

    public required long Deleted { get; init; }
    public long Bytes { get; init; }

    /// <summary>Path of the manifest, relative to the run's folder or absolute; null where nothing is archived.</summary>
    public string? Manifest { get; init; }

    public string? ManifestSha256 { get; init; }

    /// <summary>How often a batch was ended early because someone waited for it.</summary>
    public int Yields { get; init; }

    /// <summary>Whether rows that others had locked were left.</summary>
    public bool LeftLocked { get; init; }

    /// <summary>What ended the work on this table early, or null.</summary>
    public string? Problem { get; init; }

    /// <summary>Names the table within the step, as <see cref="LeafSurvey.Key"/>.</summary>
    public string Key => $"{Rule}:{Schema}.{Name}";
}
