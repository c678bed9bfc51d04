using Upkeep.Postgres;

namespace Upkeep.Database.Analyze;

/// <summary>The tables in scope.</summary>
/// <param name="At">The server's clock at the look; an analyze of this run is later.</param>
public sealed record AnalyzeSurvey(DateTimeOffset At, IReadOnlyList<AnalyzedTable> Tables);

/// <param name="IsParent">A partitioned table, which holds no rows itself.</param>
public sealed record AnalyzedTable(long Oid, string Schema, string Name, bool IsParent, bool IsPartition, long ModifiedRows)
{
    internal TableName Table() => new(Schema, Name);
}

public sealed record AnalyzeEffect(IReadOnlyList<TableOutcome> Tables);
