namespace Upkeep.Configuration.Validation;

internal static class DatabaseValidator
{
    public static IEnumerable<Objection> Check(DatabaseSettings database)
    {
        if (database.LockTimeout == TimeSpan.Zero)
            yield return new Objection("lockTimeout", "0 would mean to wait for a lock without end, with users queueing behind", "Write the lock budget, for example 100ms.");
        if (database.StatementTimeout == TimeSpan.Zero)
            yield return new Objection("statementTimeout", "0 would mean no limit", "Write the longest that a reading statement may run, for example 5m.");
        if (database.StatementTimeout > TimeSpan.Zero && database.LockTimeout >= database.StatementTimeout)
            yield return new Objection("lockTimeout", $"{Durations.Write(database.LockTimeout)} is not below the statement timeout {Durations.Write(database.StatementTimeout)}",
                "The lock budget is a fraction of a second; statementTimeout is minutes.", "statementTimeout");
        if (database.ConnectTimeout < TimeSpan.FromSeconds(1))
            yield return new Objection("connectTimeout", $"{Durations.Write(database.ConnectTimeout)} is under a second", "Write at least 1s.");
        foreach (var twice in database.Schemas.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            yield return new Objection("schemas", $"names '{twice.Key}' {twice.Count()} times", "Name each schema once.");
    }
}
