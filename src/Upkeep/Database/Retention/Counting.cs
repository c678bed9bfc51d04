using System.Globalization;
using System.Text.Json;
using Npgsql;
using Upkeep.Postgres;

namespace Upkeep.Database.Retention;

/// <summary>Rows of one table: due, of those referred to, and in all.</summary>
internal sealed record Figures(long Due, long Kept, long Total, bool Exact);

/// <summary>Counts exactly where that is affordable, else asks the planner.</summary>
internal static class Counting
{
    private const string Affordable = "15s";

    // Below this many rows a count costs less than a doubt.
    public const double Few = 5_000_000;

    /// <param name="maxShare">Near this share the total is counted too; far below it the catalog's own figure will do.</param>
    public static async Task<Figures> CountAsync(NpgsqlConnection session, LeafSurvey leaf, LeafFacts facts, double maxShare, CancellationToken cancellationToken)
    {
        try
        {
            await session.ExecuteAsync($"begin read only; set local statement_timeout = '{Affordable}'", cancellationToken);
            var (due, total) = facts.HasIndex && facts.Tuples > Few
                ? (await session.ScalarAsync<long>($"select count(*) from {leaf.From()} where {leaf.Due()}", cancellationToken), (long)facts.Tuples)
                : await OnePassAsync(session, leaf, cancellationToken);
            if (due > total * maxShare * 0.8)
                (due, total) = await OnePassAsync(session, leaf, cancellationToken);
            var kept = leaf.References.Count == 0 || due == 0 ? 0
                : await session.ScalarAsync<long>($"select count(*) from {leaf.From()} where {leaf.Due()} and {leaf.Referenced()}", cancellationToken);
            await session.ExecuteAsync("commit", cancellationToken);
            return new Figures(due, kept, total, Exact: true);
        }
        catch (PostgresException problem) when (problem.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            await session.ExecuteAsync("rollback", cancellationToken);
            var due = await EstimateAsync(session, $"select from {leaf.From()} where {leaf.Due()}", cancellationToken);
            var total = await EstimateAsync(session, $"select from {leaf.From()}", cancellationToken);
            return new Figures(due, 0, Math.Max(due, total), Exact: false);
        }
    }

    private static async Task<(long Due, long Total)> OnePassAsync(NpgsqlConnection session, LeafSurvey leaf, CancellationToken cancellationToken) =>
        (await session.QueryAsync($"select count(*) filter (where {leaf.Due()}), count(*) from {leaf.From()}", row => (row.GetInt64(0), row.GetInt64(1)), cancellationToken))[0];

    private static async Task<long> EstimateAsync(NpgsqlConnection session, string query, CancellationToken cancellationToken)
    {
        var plan = await session.ScalarAsync<string>($"explain (format json) {query}", cancellationToken);
        using var document = JsonDocument.Parse(plan!);
        return (long)document.RootElement[0].GetProperty("Plan").GetProperty("Plan Rows").GetDouble();
    }

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
