namespace Upkeep.Configuration;

/// <summary>Which rows are too old to keep.</summary>
public sealed record RetentionSettings
{
    /// <summary>One entry for each table (and condition).</summary>
    public IReadOnlyList<RetentionRule> Rules { get; init; } = [];
    /// <summary>Rows are archived before they are deleted, so that they can be put back. False deletes for good; the report says so first.</summary>
    public bool Archive { get; init; } = true;
    /// <summary>Folder of the archives, a relative path counting from the configuration file; null keeps them in the run's folder.</summary>
    [FilePath]
    public string? ArchiveFolder { get; init; }
}

/// <summary>Rows of one table that may go.</summary>
public sealed record RetentionRule
{
    /// <summary>schema.table; without a schema, public. A part that holds a dot is written in double quotes.</summary>
    public required string Table { get; init; }
    /// <summary>Column of type date, timestamp or timestamptz that a row's age is read from.</summary>
    public required string Column { get; init; }
    /// <summary>How old a row may become.</summary>
    public required TimeSpan Keep { get; init; }
    /// <summary>SQL condition that a row must also meet, for example <c>status = 'success'</c>; null for all rows.</summary>
    public string? Where { get; init; }
    /// <summary>A rule that would remove a larger share of its table is refused until someone raises this.</summary>
    [Share]
    public double MaxShare { get; init; } = 0.95;
}

/// <summary>Where login sessions are kept.</summary>
public sealed record SessionSettings
{
    /// <summary>Rules whose column holds the instant a row expires; <c>keep</c> counts from it (0: expired is gone).</summary>
    public IReadOnlyList<RetentionRule> Rules { get; init; } = [];
}
