using Upkeep.Postgres;

namespace Upkeep.Database.Vacuum;

/// <summary>The tables that are due, worst first.</summary>
/// <param name="At">The server's clock at the look; a vacuum of this run is later.</param>
/// <param name="Looked">Tables looked at.</param>
public sealed record VacuumSurvey(DateTimeOffset At, int Looked, IReadOnlyList<DueTable> Due);

/// <summary>A table that is due.</summary>
/// <param name="DeadRows">Dead rows by the statistics, those of its TOAST included.</param>
/// <param name="FrozenIdAge">Transactions (or multixacts, whichever is more) since its oldest unfrozen id.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Freeze">Whether it is due by the age of its ids, so that every page must be looked at.</param>
/// <param name="Score">How many times over its limit it is; see <see cref="VacuumRule"/>.</param>
public sealed record DueTable(long Oid, string Schema, string Name, long Bytes, long DeadRows, long FrozenIdAge, string Reason, bool Freeze, double Score)
{
    internal TableName Table() => new(Schema, Name);
}

public sealed record VacuumEffect(IReadOnlyList<TableOutcome> Tables);
