using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace SceneScout.Schema;

/// <summary>One step of the schema's history.</summary>
/// <param name="Version">Number at the front of the file's name.</param>
/// <param name="Sha256">Digest of the text, so that a changed file is noticed.</param>
public sealed record Migration(int Version, string Name, string Sql, string Sha256);

/// <summary>Brings a database to the schema this build knows. Each migration is applied once, in order, in a transaction of its own.</summary>
public static class Migrator
{
    private const string Folder = "Schema/Migrations/";

    // Any number will do so long as it is ours: two deployments at once take turns.
    private const long AdvisoryLock = 5_365_838_012_026;

    /// <summary>The migrations in this build, oldest first.</summary>
    public static IReadOnlyList<Migration> All { get; } = [.. typeof(Migrator).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
        .Select(Read)
        .OrderBy(migration => migration.Version)];

    /// <returns>The names of the migrations applied now; empty when there was nothing to do.</returns>
    /// <exception cref="ScoutException">The database was migrated by a newer or a different build.</exception>
    public static async Task<IReadOnlyList<string>> MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, $"select pg_advisory_lock({AdvisoryLock})", cancellationToken);
        try
        {
            await ExecuteAsync(connection,
                """
                create table if not exists public.schema_migrations (
                  version integer primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now())
                """, cancellationToken);
            var applied = await AppliedAsync(connection, cancellationToken);
            Compare(applied);
            var missing = All.Where(migration => !applied.ContainsKey(migration.Version)).ToList();
            foreach (var migration in missing)
                await ApplyAsync(connection, migration, cancellationToken);
            return [.. missing.Select(migration => migration.Name)];
        }
        finally
        {
            // The session may be closing for a cancelled token: the lock goes all the same.
            await ExecuteAsync(connection, $"select pg_advisory_unlock({AdvisoryLock})", CancellationToken.None);
        }
    }

    private static void Compare(Dictionary<int, string> applied)
    {
        foreach (var (version, sha256) in applied)
        {
            var known = All.FirstOrDefault(migration => migration.Version == version)
                ?? throw new ScoutException($"The database has migration {version}, which this build doesn't know. Use the newer scenescout that made it.");
            if (known.Sha256 != sha256)
                throw new ScoutException($"Migration {known.Name} was changed after it had been applied. Add a new migration instead of editing an old one.");
        }
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, migration.Sql, cancellationToken);
        await using var note = new NpgsqlCommand("insert into public.schema_migrations (version, name, sha256) values ($1, $2, $3)", connection);
        note.Parameters.Add(new() { Value = migration.Version });
        note.Parameters.Add(new() { Value = migration.Name });
        note.Parameters.Add(new() { Value = migration.Sha256 });
        await note.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<Dictionary<int, string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select version, sha256 from public.schema_migrations order by version", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var applied = new Dictionary<int, string>();
        while (await reader.ReadAsync(cancellationToken))
            applied.Add(reader.GetInt32(0), reader.GetString(1));
        return applied;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Migration Read(string resource)
    {
        using var reader = new StreamReader(typeof(Migrator).Assembly.GetManifestResourceStream(resource)!);
        var sql = reader.ReadToEnd();
        var name = Path.GetFileNameWithoutExtension(resource[Folder.Length..]);
        var version = int.Parse(name[..name.IndexOf('_', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
        return new Migration(version, name, sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
    }
}
