using Upkeep.Running;

namespace Upkeep.Rollback.Swapping;

/// <summary>Which database is to take another's name. Names are for the server's statements; oids say which databases are meant.</summary>
/// <param name="Name">The name that the platform connects to.</param>
/// <param name="Leaving">The database that bears it now.</param>
/// <param name="Aside">The name that one gets.</param>
/// <param name="Coming">The database that is to bear it.</param>
/// <param name="ComingFrom">Its name until then.</param>
public sealed record SwapOrder(string Name, uint Leaving, string Aside, uint Coming, string ComingFrom);

/// <summary>What a swap was like.</summary>
/// <param name="Downtime">From the first session that was ended (where there was none, from the asking for the name) to the commit: how long nobody could work.</param>
/// <param name="Ended">Sessions that were ended.</param>
/// <param name="Tries">How often it was tried.</param>
/// <param name="Xid">The transaction of both renames, 64 bits wide.</param>
public sealed record Swapped(TimeSpan Downtime, int Ended, int Tries, string Xid)
{
    /// <summary>What could not be done after it; the swap stands all the same.</summary>
    public Problem? Afterwards { get; init; }
}
