using Npgsql;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Rollback.Full;

/// <summary>What clings to the live database itself and not to its name: looked for before anything is done.</summary>
internal static class Obstacles
{
    /// <returns>Why the database can't be swapped, or null; and what the reader should know where it can.</returns>
    public static async Task<(Problem? Refusal, IReadOnlyList<Finding> Findings)> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await connection.ScalarAsync<bool>("select pg_catalog.pg_is_in_recovery()", cancellationToken))
            return (new Problem($"{connection.Host} is a standby: nothing can be restored or renamed on it.", "Let database.url name the primary."), []);
        var found = await connection.QueryAsync(Sql.File("Rollback/Full/obstacles.sql"), row => (Kind: row.GetString(0), Name: row.GetString(1), Detail: row.GetString(2)), cancellationToken);
        var prepared = found.Where(one => one.Kind == "prepared").ToList();
        if (prepared.Count > 0)
        {
            return (new Problem($"{Counted.Of(prepared.Count, "prepared transaction")} of the database {(prepared.Count == 1 ? "waits" : "wait")} for an end: {string.Join(", ", prepared.Take(5).Select(one => $"{one.Name} (since {one.Detail})"))}. While one is open, the server renames no database.",
                $"Ask who began it; then: {string.Join("; ", prepared.Take(5).Select(one => $"COMMIT PREPARED {Sql.Literal(one.Name)}"))} or ROLLBACK PREPARED"), []);
        }
        var subscriptions = found.Where(one => one.Kind == "subscription").Select(one => Sql.Identifier(one.Name)).ToList();
        if (subscriptions.Count > 0)
        {
            return (new Problem($"The database subscribes to others ({string.Join(", ", subscriptions)}). Their rows would go on flowing into the replaced one after the swap.",
                $"First: {string.Join("; ", subscriptions.Select(name => $"ALTER SUBSCRIPTION {name} DISABLE"))}"), []);
        }
        return (null, [.. found.Select(one => one.Kind == "slot" ? Slot(one.Name) : Subscription(one.Name))]);
    }

    private static Finding Slot(string name) => new(Severity.Warning, "slot-stays-behind",
        $"The logical replication slot {name} belongs to the database that is replaced and stays with it: whoever reads it sees nothing of the restored one, and it keeps the server's log from being removed.",
        name, $"After the rollback set the subscriber up anew, and drop the slot: SELECT pg_drop_replication_slot({Sql.Literal(name)})");

    private static Finding Subscription(string name) => new(Severity.Info, "subscription-off",
        $"The subscription {name} is switched off; it stays with the replaced database, and in the restored one it is as the backup has it, switched off.", name, $"When it is wanted again: ALTER SUBSCRIPTION {Sql.Identifier(name)} ENABLE");
}
