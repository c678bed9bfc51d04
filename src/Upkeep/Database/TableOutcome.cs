using System.Globalization;
using System.Text.Json.Serialization;
using Npgsql;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Database;

/// <summary>How the work on one table ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TableEnd>))]
public enum TableEnd
{
    Done,

    /// <summary>Somebody held it locked for longer than the lock budget.</summary>
    Locked,

    /// <summary>It was dropped or renamed meanwhile.</summary>
    Dropped,

    /// <summary>The server refused, with its own words.</summary>
    Failed,
}

/// <summary>One table's outcome; also the checkpoint that a resumed run goes on from.</summary>
/// <param name="Why">The server's words, or null where it is done.</param>
public sealed record TableOutcome(long Oid, string Schema, string Name, TableEnd End, string? Why, double Seconds)
{
    internal static TableOutcome Of(long oid, TableName table, TableEnd end, string? why, TimeSpan took) =>
        new(oid, table.Schema, table.Name, end, why, took.TotalSeconds);

    internal TableName Table() => new(Schema, Name);

    /// <summary>What an exception of the server says of the table; null where it says something of the server itself (a shutdown, a lost connection).</summary>
    internal static TableEnd? Read(NpgsqlException problem) => problem switch
    {
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => TableEnd.Locked,
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName } => TableEnd.Dropped,
        // Class 57 is the operator's: a shutdown or a crash ends every session; 57014 alone is a cancelled statement.
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } => TableEnd.Failed,
        PostgresException server when !server.SqlState.StartsWith("57", StringComparison.Ordinal) => TableEnd.Failed,
        _ => null,
    };
}

/// <summary>What became of a list of tables.</summary>
/// <param name="Lost">Why the work ended early though nobody asked for it (the server went away), or null.</param>
/// <param name="Stopped">Why it stopped at a safe point with tables left, or null.</param>
internal sealed record QueueResult(IReadOnlyList<TableOutcome> Outcomes, string? Lost, string? Stopped)
{
    /// <summary>The act's outcome: what a vacuum or an analyze does has no way back, and a table that is done is not done again.</summary>
    /// <param name="verb">What was done to them, for example <c>vacuumed</c>.</param>
    public Act<TEffect> Of<TEffect>(TEffect effect, string verb, string noWayBack)
        where TEffect : class
    {
        var left = Outcomes.Count(table => table.End != TableEnd.Done);
        var summary = string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(Outcomes.Count - left, "table")} {verb}{(left > 0 ? $", {left} left alone" : "")}");
        if (Lost is not null)
            return Act.Failed(effect, Lost, "When the server is back: upkeep run --resume. Tables that are done are not done again.", UndoState.None, noWayBack);
        return Stopped is not null
            ? Act.StoppedAfter(effect, summary, UndoState.None, noWayBack, Stopped)
            : Act.Done(effect, summary, UndoState.None, noWayBack);
    }
}
