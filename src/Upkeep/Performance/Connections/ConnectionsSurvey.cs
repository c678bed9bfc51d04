using Upkeep.Postgres.Catalog;

namespace Upkeep.Performance.Connections;

/// <summary>Who is connected, upkeep's own sessions left out.</summary>
/// <param name="Used">Client sessions.</param>
/// <param name="Usable">Connections that ordinary users can have: the limit less those kept for superusers.</param>
/// <param name="IdleInTransaction">Those idle in a transaction for longer than the limit, longest first.</param>
/// <param name="SeesAll">False where our role sees neither state nor statement of other users.</param>
public sealed record ConnectionsSurvey(int Used, int Usable, IReadOnlyList<ConnectionGroup> Groups, IReadOnlyList<SessionState> IdleInTransaction, bool SeesAll)
{
    public int Headroom => Math.Max(0, Usable - Used);

    public double Share => Usable == 0 ? 1 : (double)Used / Usable;
}

/// <summary>Sessions of one database, user, application and state.</summary>
public sealed record ConnectionGroup(string Database, string User, string Application, string State, int Count);
