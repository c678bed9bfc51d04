using System.Globalization;
using Npgsql;

namespace Upkeep.Postgres;

/// <summary>A session that holds a lock on a table, or stands in line for one.</summary>
/// <param name="ProcessId">Null for a prepared transaction.</param>
/// <param name="Open">How long its transaction has been open.</param>
public sealed record LockHolder(TableName Table, int? ProcessId, string Mode, bool Granted, string Role, string Application, string Kind, TimeSpan Open)
{
    public bool IsAutovacuum => Kind == "autovacuum worker";

    /// <summary>For people: <c>session 4711 (role app, psql) holds AccessExclusiveLock, in a transaction open for 42 s</c>.</summary>
    public override string ToString()
    {
        var who = ProcessId is { } pid
            ? string.Create(CultureInfo.InvariantCulture, $"session {pid} ({(Role.Length > 0 ? $"role {Role}" : Kind)}{(Application.Length > 0 ? $", {Application}" : "")})")
            : "a prepared transaction";
        return string.Create(CultureInfo.InvariantCulture, $"{who} {(Granted ? "holds" : "waits for")} {Mode}, in a transaction open for {Open.TotalSeconds:0} s");
    }
}

/// <summary>Finds who stands in the way.</summary>
public static class LockHolders
{
    /// <summary>The modes that keep a reader, and so a dump, out.</summary>
    public static IReadOnlyList<string> AgainstReading { get; } = ["AccessExclusiveLock"];

    /// <summary>The modes that keep VACUUM and ANALYZE out.</summary>
    public static IReadOnlyList<string> AgainstMaintenance { get; } =
        ["ShareUpdateExclusiveLock", "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"];

    /// <summary>Holders first, then those in line; empty where they are gone already.</summary>
    /// <param name="table">The table's oid, or null for any table.</param>
    public static Task<IReadOnlyList<LockHolder>> OfAsync(NpgsqlConnection connection, uint? table, IReadOnlyList<string> modes, CancellationToken cancellationToken) =>
        connection.QueryAsync(Sql.File("Postgres/lock-holders.sql"), row => new LockHolder(
            new TableName(row.GetString(0), row.GetString(1)), row.IsDBNull(2) ? null : row.GetInt32(2), row.GetString(3), row.GetBoolean(4),
            row.GetString(5), row.GetString(6), row.GetString(7), TimeSpan.FromSeconds(row.GetDouble(8))), cancellationToken,
            (object?)table is null ? DBNull.Value : (long)table!.Value, modes.ToArray());
}
