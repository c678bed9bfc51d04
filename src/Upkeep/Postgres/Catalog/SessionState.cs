using System.Text.Json.Serialization;
using Npgsql;

namespace Upkeep.Postgres.Catalog;

/// <summary>One client session of the server.</summary>
/// <param name="State">For example <c>active</c> or <c>idle in transaction</c>; null where our role may not see it.</param>
/// <param name="TransactionSeconds">How long its transaction is open, or null.</param>
/// <param name="StateSeconds">How long it is in its state.</param>
/// <param name="BlockedBy">Sessions that hold or queue for what it waits for.</param>
/// <param name="Query">Its last statement, constants masked.</param>
public sealed record SessionState(int ProcessId, string? Database, string? User, string Application, string? Client, string? State, double? TransactionSeconds,
    double? StateSeconds, string? WaitsFor, IReadOnlyList<int> BlockedBy, string? Query)
{
    private const int QueryLength = 200;

    /// <summary>For people: pid, user and application.</summary>
    [JsonIgnore]
    public string Named => $"pid {ProcessId} ({User ?? "unknown user"}{(Application.Length > 0 ? $", {Application}" : "")})";

    /// <summary>The client sessions of all databases, without upkeep's own. A role that doesn't see other roles' activity gets them without state and statement.</summary>
    public static Task<IReadOnlyList<SessionState>> ReadAsync(DatabaseDoor database, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        return database.QueryAsync(Sql.File("Postgres/Catalog/sessions.sql"), Read, cancellationToken, DatabaseDoor.ApplicationName);
    }

    private static SessionState Read(NpgsqlDataReader reader) => new(reader.GetInt32(0), reader.Text(1), reader.Text(2), reader.GetString(3), reader.Text(4), reader.Text(5),
        reader.Number(6), reader.Number(7), reader.Text(8), reader.GetFieldValue<int[]>(9), reader.Text(10) is { } query ? StatementText.Mask(query, QueryLength) : null);
}
