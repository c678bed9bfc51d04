using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Upkeep.Redaction;

namespace Upkeep.Journal;

/// <summary>
/// The journal: one SQLite file in WAL mode with full sync, so that a fact that <see cref="Append(string, string?, Fact)"/> returned for
/// survives the loss of the process and of the machine. A torn tail (the machine died inside a write) is dropped by SQLite's own checksums
/// and is thus a fact that was never reported as written; anything else that is missing or changed breaks the chain of digests and is refused.
/// </summary>
public sealed class JournalFile : IDisposable
{
    private const string InsertFact = "insert into facts (sequence, run, step, at, body, digest) values ($sequence, $run, $step, $at, $body, $digest)";

    private const string SelectFacts =
        """
        select f.sequence, f.run, f.step, f.at, f.body, f.digest, (select digest from facts p where p.sequence = f.sequence - 1)
        from facts f where f.run = $run order by f.sequence
        """;

    private const string SelectFactsWithoutCheckpoints =
        """
        select f.sequence, f.run, f.step, f.at, f.body, f.digest, (select digest from facts p where p.sequence = f.sequence - 1)
        from facts f where f.run = $run and f.body ->> 'fact' not in ('checkpoint-reached', 'undo-checkpoint-reached')
          -- The last fact of all is there in any case: it tells until when a killed process was at work.
          or f.sequence = (select max(sequence) from facts where run = $run) order by f.sequence
        """;

    private readonly SqliteConnection _connection;
    private readonly Redactor _redactor;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();

    private JournalFile(SqliteConnection connection, Redactor redactor, TimeProvider time)
    {
        _connection = connection;
        _redactor = redactor;
        _time = time;
    }

    /// <summary>Opens the journal, making it (readable by its owner only) when there is none.</summary>
    /// <param name="path">The file's path, or <c>:memory:</c> for one that is gone with the process (a plan, a dry look).</param>
    /// <exception cref="JournalException">Not a journal, written by a newer upkeep, damaged, or not writable.</exception>
    public static JournalFile Open(string path, Redactor redactor, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SqliteConnection? connection = null;
        try
        {
            if (path != ":memory:" && !File.Exists(path))
                CreateOwnerOnly(path);
            connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
            connection.Open();
            JournalSchema.Prepare(connection, path);
            return new JournalFile(connection, redactor, time);
        }
        catch (Exception problem) when (problem is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw new JournalException(
                $"The journal {path} can't be opened: {problem.Message.TrimEnd('.')}.",
                "Check that the folder is writable and the disk isn't full. If the file is damaged, move it aside and keep it: upkeep starts a new one, but can't resume or undo what only the old one knows.",
                problem);
        }
        catch (JournalException)
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>Adds a fact and returns once it is durable.</summary>
    /// <exception cref="JournalException">It can't be written; the disk may be full.</exception>
    public JournalEntry Append(string run, string? step, Fact fact) => Append(run, [new NewFact(step, _time.GetUtcNow(), fact)])[0];

    /// <summary>Adds facts in one transaction, all or none, and returns once they are durable.</summary>
    /// <exception cref="JournalException">They can't be written; the disk may be full.</exception>
    public IReadOnlyList<JournalEntry> Append(string run, IReadOnlyList<NewFact> facts)
    {
        lock (_gate)
        {
            try
            {
                using var transaction = _connection.BeginTransaction(deferred: false);
                var (sequence, digest) = Last(transaction);
                var entries = new List<JournalEntry>(facts.Count);
                foreach (var (step, at, fact) in facts)
                {
                    var body = FactText.Write(fact, _redactor);
                    sequence++;
                    digest = Digest(digest, sequence, run, step, Text(at), body);
                    using var insert = Command(InsertFact, transaction,
                        ("$sequence", sequence), ("$run", run), ("$step", step), ("$at", Text(at)), ("$body", body), ("$digest", digest));
                    insert.ExecuteNonQuery();
                    entries.Add(new JournalEntry(sequence, run, step, at, fact));
                }
                transaction.Commit();
                return entries;
            }
            catch (SqliteException problem)
            {
                throw new JournalException($"The journal {_connection.DataSource} can't be written: {problem.Message.TrimEnd('.')}.",
                    "Is the disk full, or the file on a file system that went read-only? Nothing is done that isn't written first. When it is mended: upkeep run --resume", problem);
            }
        }
    }

    /// <summary>Every fact of a run, oldest first. The chain of digests is checked on the way.</summary>
    /// <exception cref="JournalException">A fact is missing or was changed.</exception>
    public IReadOnlyList<JournalEntry> Read(string run) => Read(SelectFacts, run);

    /// <summary>A run's facts without its checkpoints, which are by far the most and matter to a resume or an undo only.</summary>
    /// <exception cref="JournalException">One of these facts was changed, or the one before it is missing.</exception>
    public IReadOnlyList<JournalEntry> ReadWithoutCheckpoints(string run) => Read(SelectFactsWithoutCheckpoints, run);

    private List<JournalEntry> Read(string select, string run)
    {
        lock (_gate)
        {
            return Rows(select, Entry, ("$run", run));
        }
    }

    /// <summary>The ids of all runs, newest first.</summary>
    public IReadOnlyList<string> Runs()
    {
        lock (_gate)
        {
            return Rows("select run from facts group by run order by min(sequence) desc", reader => reader.GetString(0));
        }
    }

    public void Dispose() => _connection.Dispose();

    internal TimeProvider Time => _time;

    private static JournalEntry Entry(SqliteDataReader reader)
    {
        var sequence = reader.GetInt64(0);
        var run = reader.GetString(1);
        var step = reader.IsDBNull(2) ? null : reader.GetString(2);
        var at = reader.GetString(3);
        var body = reader.GetString(4);
        var before = reader.IsDBNull(6) ? "" : reader.GetString(6);
        if (Digest(before, sequence, run, step, at, body) != reader.GetString(5))
        {
            throw new JournalException(
                $"Fact {sequence} of run {run} was changed, or the one before it is missing: its digest doesn't fit.",
                "Someone or something wrote to the journal file besides upkeep. Restore the file from a backup; don't resume or undo from it.");
        }
        try
        {
            return new JournalEntry(sequence, run, step, DateTimeOffset.Parse(at, CultureInfo.InvariantCulture), FactText.Read(body));
        }
        catch (JsonException problem)
        {
            throw new JournalException($"Fact {sequence} of run {run} is of a kind that this upkeep doesn't know.", "It was written by a newer upkeep: use that version.", problem);
        }
    }

    private List<T> Rows<T>(string select, Func<SqliteDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        try
        {
            using var command = Command(select, null, parameters);
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
                rows.Add(map(reader));
            return rows;
        }
        catch (SqliteException problem)
        {
            throw new JournalException($"The journal {_connection.DataSource} can't be read: {problem.Message.TrimEnd('.')}.",
                "If the disk is well, the file is damaged: keep it, and restore it from a backup. Don't resume or undo from it.", problem);
        }
    }

    private (long Sequence, string Digest) Last(SqliteTransaction transaction)
    {
        using var command = Command("select sequence, digest from facts order by sequence desc limit 1", transaction);
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetString(1)) : (0, "");
    }

    private SqliteCommand Command(string sql, SqliteTransaction? transaction, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    private static void CreateOwnerOnly(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            // SQLite's own locks are what counts; ours would make a second process that opens a new journal fail.
            Share = FileShare.ReadWrite,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }).Dispose();
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static string Digest(string before, long sequence, string run, string? step, string at, string body) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{before}\n{sequence}\n{run}\n{step}\n{at}\n{body}"))));
}

/// <summary>A fact that is to be written.</summary>
/// <param name="Step">The step's id, or null for a fact about the run.</param>
public sealed record NewFact(string? Step, DateTimeOffset At, Fact Fact);
