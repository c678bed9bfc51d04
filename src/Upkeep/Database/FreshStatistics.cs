using Upkeep.Postgres;
using Upkeep.Postgres.Catalog;

namespace Upkeep.Database;

/// <summary>Table states read again until the statistics have caught up: up to version 14 they travel to their collector with half a second's delay.</summary>
internal static class FreshStatistics
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    /// <summary>The states of those tables that still exist, as soon as all of them are <paramref name="fresh"/>, or as they are when patience ends.</summary>
    public static async Task<IReadOnlyList<TableState>> OfAsync(DatabaseDoor database, IReadOnlySet<long> tables, Func<TableState, bool> fresh, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var states = (await TableCatalog.TablesAsync(database, cancellationToken)).Where(state => tables.Contains(state.Oid)).ToList();
            if (states.All(fresh) || time.GetElapsedTime(started) > _patience)
                return states;
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
        }
    }
}
