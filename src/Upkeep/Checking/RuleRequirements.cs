using Npgsql;
using Upkeep.Configuration;
using Upkeep.Postgres;

namespace Upkeep.Checking;

/// <summary>One retention rule: its table, column and condition, and the rights on them.</summary>
internal static class RuleRequirements
{
    /// <param name="step">The step that the rule belongs to.</param>
    public static async Task<Requirement> LookAsync(NpgsqlConnection connection, RetentionRule rule, string step, CancellationToken cancellationToken)
    {
        var name = $"rule {rule.Table}";
        if (!QualifiedName.TryParse(rule.Table, out var schema, out var table))
            throw new ArgumentException($"'{rule.Table}' is no table name.", nameof(rule));
        var target = new TableName(schema, table);
        var rights = await connection.QueryAsync(Sql.File("Checking/rule.sql"), Rights.Read, cancellationToken, schema, table, rule.Column);
        if (rights is not [var found] || !found.IsTable)
            return Requirement.Missing(name, $"There is no table {target}", "Correct the name (case counts), or take the rule away.", step);
        if (found.ColumnType is not ("date" or "timestamp with time zone" or "timestamp without time zone"))
        {
            return Requirement.Missing(name, found.ColumnType is { } type ? $"{rule.Column} is {type}, which tells no time" : $"{target} has no column {rule.Column}",
                "Name a column of type date, timestamp or timestamptz (case counts).", step);
        }
        if (found.Lacking is { Count: > 0 } lacking)
        {
            var role = await connection.ScalarAsync<string>("select current_user::text", cancellationToken);
            return Requirement.Missing(name, $"{role} may not {string.Join(", ", lacking)} there", $"Issue: GRANT {string.Join(", ", lacking)} ON {target.Quoted} TO {Sql.Identifier(role!)}", step);
        }
        return await ConditionAsync(connection, rule, target, cancellationToken) is { } wrong
            ? Requirement.Missing(name, $"The condition can't be used: {wrong}", "Correct the rule's where; names of other schemas' functions and types need their schema.", step)
            : Requirement.Met(name, $"{target} keeps {Durations.Write(rule.Keep)} of {rule.Column}{(rule.Where is null ? "" : $" where {rule.Where}")}");
    }

    private static async Task<string?> ConditionAsync(NpgsqlConnection connection, RetentionRule rule, TableName target, CancellationToken cancellationToken)
    {
        if (rule.Where is not { } where)
            return null;
        try
        {
            await connection.ScalarAsync<string>($"explain select 1 from {target.Quoted} where ({where}\n)", cancellationToken);
            return null;
        }
        catch (PostgresException problem)
        {
            return problem.MessageText;
        }
    }

    private sealed record Rights(string? ColumnType, bool IsTable, bool Select, bool Delete, bool Insert)
    {
        // INSERT is for the way back.
        public IReadOnlyList<string> Lacking { get; } =
            [.. new[] { ("SELECT", Select), ("DELETE", Delete), ("INSERT", Insert) }.Where(right => !right.Item2).Select(right => right.Item1)];

        public static Rights Read(NpgsqlDataReader reader) =>
            new(reader.IsDBNull(0) ? null : reader.GetString(0), reader.GetBoolean(1), reader.GetBoolean(2), reader.GetBoolean(3), reader.GetBoolean(4));
    }
}
