using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Upkeep.CrashHost;

/// <summary>
/// Kills this process with SIGKILL once the journal holds so many facts. The journal asks for the time whenever it is about to write, so
/// that a clock is all it takes to die between any two facts.
/// </summary>
/// <param name="facts">How many; 0 for never.</param>
/// <param name="atOnce">Die before anything else is done after that fact; else only when the next one is about to be written.</param>
public sealed class Death(string journalPath, int facts, bool atOnce) : TimeProvider
{
    public static Death Never { get; } = new("", 0, false);

    public override DateTimeOffset GetUtcNow()
    {
        DieIfDue();
        return System.GetUtcNow();
    }

    /// <summary>Called by the steps before each thing they change.</summary>
    public void BeforeEffect()
    {
        if (atOnce)
            DieIfDue();
    }

    private void DieIfDue()
    {
        if (facts == 0 || !File.Exists(journalPath))
            return;
        using var connection = new SqliteConnection($"Data Source={journalPath};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from sqlite_master where name = 'facts'";
        if (Convert.ToInt32(command.ExecuteScalar(), null) == 0)
            return;
        command.CommandText = "select count(*) from facts";
        if (Convert.ToInt32(command.ExecuteScalar(), null) < facts)
            return;
        Process.GetCurrentProcess().Kill();
        // The signal is on its way; nothing more is to happen until it is here.
        using var never = new ManualResetEventSlim();
        never.Wait();
    }
}
