using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Upkeep.Journal;

/// <summary>Brings a journal file to the schema of this build.</summary>
internal static class JournalSchema
{
    /// <summary>Version of the schema this build writes; a newer file is refused, an older one is migrated.</summary>
    public const int Version = 1;

    /// <summary>
    /// Sets the pragmas and makes the tables where they are missing. Safe when several processes open a new file at once: the version is
    /// asked again under the write lock, so one of them makes the tables and the others find them.
    /// </summary>
    public static void Prepare(SqliteConnection connection, string path)
    {
        Execute(connection, "pragma busy_timeout = 10000; pragma journal_mode = wal; pragma synchronous = full;");
        if (Found(connection, null, path) == Version)
            return;
        using var transaction = connection.BeginTransaction(deferred: false);
        if (Found(connection, transaction, path) < Version)
        {
            using var resource = typeof(JournalSchema).Assembly.GetManifestResourceStream("Journal/schema.sql")!;
            using var schema = new StreamReader(resource);
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"{schema.ReadToEnd()} pragma user_version = {Version};"), transaction);
        }
        transaction.Commit();
    }

    private static int Found(SqliteConnection connection, SqliteTransaction? transaction, string path)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "pragma user_version";
        command.Transaction = transaction;
        var version = Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        return version <= Version ? version : throw new JournalException(
            $"The journal {path} has schema {version}; this upkeep knows schema {Version}.",
            "It was written by a newer upkeep: use that version, or name another root in the configuration.");
    }

    private static void Execute(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }
}
