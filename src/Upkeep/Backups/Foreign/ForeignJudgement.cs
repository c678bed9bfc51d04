using System.Globalization;

namespace Upkeep.Backups.Foreign;

/// <summary>What to think of a backup that could be read to its end. Pure.</summary>
internal static class ForeignJudgement
{
    private const int MostNamed = 3;

    // A dump without a name is taken for another database's where it has less than this share of the tables.
    private const double LeastShare = 0.5;

    public static (ForeignState State, string Detail) Of(ForeignContents contents, ForeignExpectation? expected)
    {
        if (contents.Tables.Count == 0)
            return (ForeignState.Empty, "there is no table in it");
        if (!contents.HasRows)
            return (ForeignState.Empty, $"there is no row in {Counted.Of(contents.Tables.Count, "table")} (made with --schema-only?)");
        if (expected is not null && contents.Database is { } named && named != expected.Database)
            return (ForeignState.OtherDatabase, $"it is of the database {named}, not of {expected.Database}");
        if (expected?.Tables is { Count: > 0 } tables && tables.Where(table => !contents.Tables.Contains(table)).ToList() is { Count: > 0 } missing)
        {
            var names = string.Join(", ", missing.Take(MostNamed)) + (missing.Count > MostNamed ? ", …" : "");
            return 1 - ((double)missing.Count / tables.Count) < LeastShare
                ? (ForeignState.OtherDatabase, $"it lacks {missing.Count} of the {tables.Count} tables that {expected.Database} has ({names})")
                : (ForeignState.Whole, $"{Sum(contents)}; it lacks {names}, which {expected.Database} has now");
        }
        return (ForeignState.Whole, Sum(contents));
    }

    private static string Sum(ForeignContents contents) => string.Create(CultureInfo.InvariantCulture,
        $"{Counted.Of(contents.Tables.Count, "table")}, {contents.Rows.Values.Sum():N0} rows counted, of a server of version {contents.ServerVersion ?? "unknown"}");
}
