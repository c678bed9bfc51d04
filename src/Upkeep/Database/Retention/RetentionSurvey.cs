using Upkeep.Postgres;

namespace Upkeep.Database.Retention;

/// <summary>What the rules would remove, fixed at the look: a resumed run keeps to the same limits.</summary>
public sealed record RetentionSurvey
{
    public required IReadOnlyList<RuleSurvey> Rules { get; init; }
}

/// <summary>One rule and the tables it comes to: one, or the leaves of a partitioned table.</summary>
public sealed record RuleSurvey
{
    /// <summary>Place of the rule in the configuration, from 1.</summary>
    public required int Number { get; init; }

    public required string Table { get; init; }

    /// <summary>Rows of an earlier instant go.</summary>
    public required DateTimeOffset Limit { get; init; }

    public IReadOnlyList<LeafSurvey> Leaves { get; init; } = [];

    /// <summary>Rows that are older, those included that must stay.</summary>
    public long Due { get; init; }

    /// <summary>Rows of them that other tables refer to, and that stay.</summary>
    public long Kept { get; init; }

    public long Total { get; init; }

    /// <summary>False where the figures are the planner's estimates.</summary>
    public bool Exact { get; init; } = true;

    /// <summary>Why the rule can't be followed, or null.</summary>
    public string? Problem { get; init; }

    public string? Hint { get; init; }

    /// <summary>Whether the problem is a guard's refusal.</summary>
    public bool Refused { get; init; }

    public double Share => Total == 0 ? 0 : (double)Due / Total;
}

/// <summary>One table with rows of its own, and how rows are taken from it.</summary>
public sealed record LeafSurvey
{
    public required int Rule { get; init; }
    public required string Schema { get; init; }
    public required string Name { get; init; }
    public required long Oid { get; init; }

    /// <summary>The rule's own table's name: what the rule's condition may call the table by.</summary>
    public required string Alias { get; init; }

    /// <summary>Schema of the rule's own table.</summary>
    public required string RootSchema { get; init; }

    /// <summary>The time column first, then every other that isn't generated: the archive's column order.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Digest of the table's columns and types; a table altered since isn't touched.</summary>
    public required string Definition { get; init; }

    /// <summary>SQL of the limit in the column's own type.</summary>
    public required string Limit { get; init; }

    /// <summary>The limit as COPY writes it.</summary>
    public required string LimitText { get; init; }

    public string? Where { get; init; }

    /// <summary>Whether rows are found along an index on the time column; else page by page.</summary>
    public required bool ByIndex { get; init; }

    /// <summary>Rows in all, exact or estimated; sizes the first bite.</summary>
    public required long Total { get; init; }

    public IReadOnlyList<Reference> References { get; init; } = [];

    public TableName Table => new(Schema, Name);

    /// <summary>Names this table within the step.</summary>
    public string Key => $"{Rule}:{Schema}.{Name}";
}

/// <summary>A foreign key of another table (or the same) that points here.</summary>
/// <param name="Silent">Whether deleting the row pointed to would change or remove the other silently (cascade, set null, set default).</param>
/// <param name="From">The columns over there.</param>
/// <param name="To">The columns here, in the same order.</param>
public sealed record Reference(string Name, string Schema, string Table, bool Silent, IReadOnlyList<string> From, IReadOnlyList<string> To);
