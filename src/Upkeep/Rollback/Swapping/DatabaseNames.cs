using System.Globalization;
using System.Text;
using Upkeep.Postgres;

namespace Upkeep.Rollback.Swapping;

/// <summary>Which database bears which name, as the server's catalog has it at this moment. A name says nothing of a database; its oid does.</summary>
public sealed class DatabaseNames
{
    // NAMEDATALEN less its closing zero.
    private const int LongestName = 63;

    private readonly IReadOnlyDictionary<string, uint> _oids;

    private DatabaseNames(IReadOnlyDictionary<string, uint> oids) => _oids = oids;

    public static async Task<DatabaseNames> ReadAsync(DatabaseDoor maintenance, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        var rows = await maintenance.QueryAsync("select datname::text, oid from pg_catalog.pg_database", row => (row.GetString(0), row.GetFieldValue<uint>(1)), cancellationToken);
        return new DatabaseNames(rows.ToDictionary(row => row.Item1, row => row.Item2, StringComparer.Ordinal));
    }

    /// <summary>Which database bears the name, or null where none does.</summary>
    public uint? Of(string name) => _oids.TryGetValue(name, out var oid) ? oid : null;

    /// <summary>The name of a database, or null where it is gone.</summary>
    public string? NameOf(uint oid) => _oids.FirstOrDefault(pair => pair.Value == oid).Key;

    /// <summary>A name that nobody bears, for example <c>scenescout_replaced_20261124</c>; with a number behind where that is taken.</summary>
    /// <param name="what">What has become of the database, in a word.</param>
    public string Free(string database, string what, DateOnly date) => Enumerable.Range(1, int.MaxValue)
        .Select(number => $"_{what}_{date.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}{(number == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"_{number}"))}")
        .Select(ending => Cut(database, LongestName - ending.Length) + ending)
        .First(name => !_oids.ContainsKey(name));

    // The server would cut it off itself, in the middle of the date.
    private static string Cut(string name, int bytes)
    {
        var kept = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            bytes -= rune.Utf8SequenceLength;
            if (bytes < 0)
                break;
            kept.Append(rune.ToString());
        }
        return kept.ToString();
    }
}
