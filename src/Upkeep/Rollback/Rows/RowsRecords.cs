using Upkeep.Journal;
using Upkeep.Postgres;

namespace Upkeep.Rollback.Rows;

/// <summary>Whether rows that were written after the backup are put into the restored database.</summary>
public enum CarryOver
{
    /// <summary>They are listed only.</summary>
    No,

    /// <summary>Rows whose key the restored database doesn't have.</summary>
    New,

    /// <summary>These, and the newer version of rows that changed after the backup and not since the swap.</summary>
    NewAndChanged,
}

/// <summary>How one table of the replaced database differs from the restored one.</summary>
public sealed record TableDifference(string Schema, string Name)
{
    /// <summary>Rows only in the replaced one: written after the backup.</summary>
    public long New { get; init; }

    /// <summary>Rows whose content changed after the backup.</summary>
    public long Changed { get; init; }

    /// <summary>Of the changed ones, those that were written after the swap too.</summary>
    public long ChangedInBoth { get; init; }

    /// <summary>Rows only in the backup: deleted after it.</summary>
    public long Gone { get; init; }

    /// <summary>The table itself is only in the backup: it was dropped after it.</summary>
    public bool Dropped { get; init; }

    /// <summary>Why none of its rows can be carried over, in words; null where they can.</summary>
    public string? NotCarried { get; init; }

    /// <summary>Where the new rows lie in the replaced database, as <see cref="RowPlaces"/> packs it: a row that the live one lacks later, and that isn't among them, was deleted by users.</summary>
    public string NewPlaces { get; init; } = "";

    /// <summary>Path of the list below the run's folder, or null where there is none.</summary>
    public string? List { get; init; }

    public TableName Table() => new(Schema, Name);

    internal long Written => New + Changed;
}

/// <summary>What was written after the backup, and isn't in the restored database.</summary>
/// <param name="Xid">The swap's transaction.</param>
/// <param name="Mode">What was asked for.</param>
/// <param name="Unchecked">What could not be compared, in words.</param>
public sealed record RowsSurvey(string Replaced, string Xid, CarryOver Mode, IReadOnlyList<TableDifference> Tables, IReadOnlyList<string> Unchecked)
{
    /// <summary>How the large objects of the replaced database differ from the backup's, in words; null where they don't.</summary>
    public string? LargeObjects { get; init; }
}

/// <summary>What became of it.</summary>
/// <param name="Conflicts">Rows that the restored database did not take, by table.</param>
public sealed record RowsEffect(long Inserted, long Updated, IReadOnlyDictionary<string, long> Conflicts)
{
    /// <summary>Of the conflicts, those of rows that were asked to be carried over.</summary>
    public IReadOnlyDictionary<string, long> Refused { get; init; } = new Dictionary<string, long>();
}
