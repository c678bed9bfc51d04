using System.Globalization;
using Npgsql;
using Upkeep.Postgres;

namespace Upkeep.Rollback.Swapping;

/// <summary>Keeps ids unique over a swap: no number that the leaving database gave out is given out again.</summary>
public static class Sequences
{
    // Numbers that may still be given out between this look and the swap; a tenth of what is left at most.
    private const long Margin = 10_000;

    /// <summary>Sets the sequences of the coming database beyond those of the leaving one. One that starts over by itself is left alone.</summary>
    /// <returns>How many were moved.</returns>
    public static async Task<int> LiftAsync(DatabaseDoor leaving, DatabaseDoor coming, bool withMargin, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leaving);
        ArgumentNullException.ThrowIfNull(coming);
        var given = (await ReadAsync(leaving, cancellationToken)).ToDictionary(sequence => sequence.Name);
        await using var session = await coming.OpenAsync(cancellationToken);
        var moved = 0;
        foreach (var sequence in await ReadAsync(coming, cancellationToken))
        {
            if (sequence.Cycles || !given.TryGetValue(sequence.Name, out var before) || before.Last is not { } last || Target(sequence, last, withMargin) is not { } target)
                continue;
            await session.ExecuteAsync($"select pg_catalog.setval({Sql.Literal(sequence.Name.Quoted)}::regclass, {target.ToString(CultureInfo.InvariantCulture)}, true)", cancellationToken);
            moved++;
        }
        return moved;
    }

    /// <summary>Where a sequence is to stand; null where it is beyond the other already.</summary>
    private static long? Target(Sequence sequence, long last, bool withMargin)
    {
        // As Int128, because the ends of bigint are usual ends.
        var up = sequence.Increment > 0;
        var left = up ? (Int128)sequence.Most - last : (Int128)last - sequence.Least;
        if (left < 0)
            return null;
        var margin = withMargin ? Int128.Min(Margin, left / 10) : 0;
        var target = up ? last + margin : last - margin;
        return sequence.Last is { } now && (up ? now >= target : now <= target) ? null : (long)target;
    }

    private static Task<IReadOnlyList<Sequence>> ReadAsync(DatabaseDoor door, CancellationToken cancellationToken) => door.QueryAsync(
        "select schemaname::text, sequencename::text, last_value, increment_by, min_value, max_value, cycle from pg_catalog.pg_sequences",
        Read, cancellationToken);

    private static Sequence Read(NpgsqlDataReader row) => new(new TableName(row.GetString(0), row.GetString(1)), row.IsDBNull(2) ? null : row.GetInt64(2),
        row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetBoolean(6));

    private sealed record Sequence(TableName Name, long? Last, long Increment, long Least, long Most, bool Cycles);
}
