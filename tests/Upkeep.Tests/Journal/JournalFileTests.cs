using CsCheck;
using Microsoft.Data.Sqlite;
using Upkeep.Journal;
using Upkeep.Redaction;

namespace Upkeep.Tests.Journal;

public sealed class JournalFileTests : IDisposable
{
    private const string Run = "weekly-20261122";
    private readonly string _folder = Directory.CreateTempSubdirectory("upkeep-journal-").FullName;

    private string FilePath => System.IO.Path.Combine(_folder, "journal.db");

    [Fact]
    public void A_journal_torn_at_any_byte_holds_the_facts_up_to_there_and_takes_new_ones()
    {
        using (var journal = Open())
        {
            for (var number = 0; number < 12; number++)
                journal.Append(Run, "a.step", new CheckpointReached(JournalJson.ToElement(new { number })));
            // Copied while it is open: closing would fold the log into the file.
            File.Copy(FilePath, FilePath + ".copy");
            File.Copy(FilePath + "-wal", FilePath + ".log");
        }
        var log = File.ReadAllBytes(FilePath + ".log");

        Gen.Int[0, log.Length].Sample(length =>
        {
            var torn = Directory.CreateTempSubdirectory("upkeep-torn-").FullName;
            var path = System.IO.Path.Combine(torn, "journal.db");
            File.Copy(FilePath + ".copy", path);
            File.WriteAllBytes(path + "-wal", log[..length]);
            using (var journal = JournalFile.Open(path, Redactor.None, TimeProvider.System))
            {
                var numbers = journal.Read(Run).Select(entry => ((CheckpointReached)entry.Fact).Body.GetProperty("number").GetInt32()).ToList();
                numbers.ShouldBe(Enumerable.Range(0, numbers.Count));
                if (length == log.Length)
                    numbers.Count.ShouldBe(12);
                journal.Append(Run, null, new StopRequested("after the tear"));
                journal.Read(Run).Count.ShouldBe(numbers.Count + 1);
            }
            Directory.Delete(torn, recursive: true);
        }, iter: 60, threads: 1);
    }

    [Fact]
    public void A_session_writes_ahead_and_waits_for_the_disk()
    {
        using var connection = new SqliteConnection($"Data Source={FilePath}");
        connection.Open();
        JournalSchema.Prepare(connection, FilePath);

        Pragma(connection, "journal_mode").ShouldBe("wal");
        Pragma(connection, "synchronous").ShouldBe("2", "full: a commit that was reported outlives the power");
        Pragma(connection, "user_version").ShouldBe($"{JournalSchema.Version}");
    }

    private static string? Pragma(SqliteConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"pragma {name}";
        return command.ExecuteScalar()?.ToString();
    }

    [Theory]
    [InlineData("drop trigger facts_are_never_changed; update facts set body = replace(body, 'second', 'forged') where sequence = 2")]
    [InlineData("drop trigger facts_are_never_removed; delete from facts where sequence = 2")]
    [InlineData("drop trigger facts_are_never_changed; update facts set at = '2020-01-01T00:00:00.0000000Z' where sequence = 2")]
    public void A_fact_changed_or_removed_behind_our_back_is_refused(string forgery)
    {
        using (var journal = Open())
        {
            foreach (var reason in new[] { "first", "second", "third" })
                journal.Append(Run, null, new StopRequested(reason));
        }
        Sql(forgery);

        using var reopened = Open();
        Should.Throw<JournalException>(() => reopened.Read(Run)).Message.ShouldContain("digest");
    }

    [Fact]
    public void Every_program_is_held_to_appending_only()
    {
        using var journal = Open();
        journal.Append(Run, null, new StopRequested("kept"));

        Should.Throw<SqliteException>(() => Sql("delete from facts")).Message.ShouldContain("append-only");
        Should.Throw<SqliteException>(() => Sql("update facts set body = '{}'")).Message.ShouldContain("append-only");
    }

    [Fact]
    public void Many_who_make_the_journal_at_once_all_get_it()
    {
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken }, number =>
        {
            using var journal = Open();
            journal.Append($"run-{number}", null, new StopRequested("there"));
        });

        using var all = Open();
        all.Runs().Count.ShouldBe(8);
        all.Runs().ShouldAllBe(run => all.Read(run).Count == 1);
    }

    [Fact]
    public void A_journal_of_a_newer_upkeep_is_refused_with_its_version()
    {
        Open().Dispose();
        Sql("pragma user_version = 99");

        Should.Throw<JournalException>(() => Open()).Message.ShouldContain("schema 99");
    }

    [Fact]
    public void A_file_that_is_no_journal_is_refused_and_left_as_it_is()
    {
        File.WriteAllText(FilePath, "dear diary, this is certainly not a database of any kind");

        Should.Throw<JournalException>(() => Open()).Hint.ShouldContain("move it aside");
        File.ReadAllText(FilePath).ShouldStartWith("dear diary");
    }

    [Fact]
    public void A_journal_damaged_on_disk_says_so_and_what_not_to_do()
    {
        using (var journal = Open())
            journal.Append(Run, [.. Enumerable.Range(0, 500).Select(number => new NewFact(null, DateTimeOffset.UnixEpoch, new StopRequested($"reason {number}")))]);
        using (var file = File.OpenWrite(FilePath))
        {
            // Its first page, which says that it is a journal, stays.
            file.Position = 4096;
            file.Write(new byte[file.Length - 4096]);
        }

        using var damaged = Open();

        Should.Throw<JournalException>(() => damaged.Read(Run)).Hint.ShouldContain("restore it from a backup");
    }

    [Fact]
    public void Only_the_owner_can_read_it()
    {
        using var journal = Open();
        journal.Append(Run, null, new StopRequested("x"));

        foreach (var file in Directory.GetFiles(_folder))
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
    }

    [Theory]
    [InlineData("2026")]
    [InlineData("fact")]
    [InlineData("s3cret\"quote")]
    [InlineData("postgres")]
    public void A_secret_is_masked_in_what_is_said_and_never_breaks_what_is_read_back(string secret)
    {
        using var journal = JournalFile.Open(FilePath, new Redactor([secret]), TimeProvider.System);
        journal.Append(Run, "a.step", new StepSurveyed(JournalJson.ToElement(new { table = "public.postgres", at = "2026-11-22" }), $"saw {secret} there"));

        var read = (StepSurveyed)journal.Read(Run)[0].Fact;

        read.Summary.ShouldBe("saw ***** there");
        read.Survey.GetProperty("table").GetString().ShouldBe("public.postgres");
        read.Survey.GetProperty("at").GetString().ShouldBe("2026-11-22");
    }

    [Fact]
    public void An_unmistakable_secret_is_masked_in_records_too()
    {
        using var journal = JournalFile.Open(FilePath, new Redactor(["hunter2!x"]), TimeProvider.System);
        journal.Append(Run, "a.step", new StepSurveyed(JournalJson.ToElement(new { urls = new[] { "https://me:hunter2!x@host/" } }), "seen"));

        ((StepSurveyed)journal.Read(Run)[0].Fact).Survey.GetRawText().ShouldNotContain("hunter2");
    }

    [Fact]
    public void What_is_noted_is_durable_with_the_next_appended_fact()
    {
        using var journal = Open();
        var run = new RunJournal(journal, Run);
        run.Note("a.step", new MeasureTaken(new Measure("rows", "rows", 1, null, Look.Before)));
        run.Note("a.step", new FindingRaised(new Finding(Severity.Info, "code", "message")));
        journal.Read(Run).ShouldBeEmpty();

        run.Append("a.step", new ActIntended());

        journal.Read(Run).Select(entry => entry.Fact.GetType()).ShouldBe([typeof(MeasureTaken), typeof(FindingRaised), typeof(ActIntended)]);
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private JournalFile Open() => JournalFile.Open(FilePath, Redactor.None, TimeProvider.System);

    private void Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
