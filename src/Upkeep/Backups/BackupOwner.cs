using Npgsql;
using Upkeep.Postgres;

namespace Upkeep.Backups;

/// <summary>Whose a backup must be to count as one of the platform's database: a database of the same name on another server is another one.</summary>
/// <param name="Server">What the server calls itself (system_identifier); null where it can't be asked. A physical copy keeps it, a restored dump's server has its own.</param>
public sealed record BackupOwner(string Database, string? Server)
{
    /// <summary>What the server calls itself, or null where the role may not ask.</summary>
    public static async Task<string?> ServerOfAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        // Asked beforehand: a refusal would end the transaction that we may be in.
        return await connection.ScalarAsync<bool>("select has_function_privilege('pg_control_system()', 'EXECUTE')", cancellationToken)
            ? await connection.ScalarAsync<string>("select system_identifier::text from pg_control_system()", cancellationToken)
            : null;
    }

    public static async Task<BackupOwner> OfAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return new BackupOwner(connection.Database, await ServerOfAsync(connection, cancellationToken));
    }

    /// <summary>The configured database; where it can't be reached, no more than its name is known.</summary>
    public static async Task<BackupOwner> AsFarAsKnownAsync(DatabaseDoor database, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            return await OfAsync(connection, cancellationToken);
        }
        catch (DatabaseUnreachableException)
        {
            return new BackupOwner(InventoryReader.DatabaseOf(database.Settings.ConnectionString), null);
        }
    }

    /// <summary>Why a backup isn't of this database, in words; null where nothing speaks against it, as with older manifests, which name no server.</summary>
    public string? NotOf(BackupManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return manifest.Database != Database ? $"it is of the database {manifest.Database}"
            : IsOfAnotherServer(manifest) ? $"it is of a database {manifest.Database} on another server (system {manifest.Server}; this one is {Server})"
            : null;
    }

    internal bool IsOfAnotherServer(BackupManifest manifest) => Server is not null && manifest.Server is not null && manifest.Server != Server;
}
