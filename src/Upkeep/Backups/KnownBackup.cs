using Upkeep.Backups.Foreign;

namespace Upkeep.Backups;

/// <summary>A backup that we know of, whoever made it.</summary>
/// <param name="Source">Where it comes from: <see cref="Own"/>, or the folder that others put it into.</param>
/// <param name="At">When it began, for one of ours; when it was last written to, for another's.</param>
/// <param name="Kind">What made it or what it is, for example <c>pg_dump</c> or <c>plain SQL, gzip</c>.</param>
/// <param name="State">How it stands as far as it was looked at.</param>
/// <param name="Detail">What was seen, in words.</param>
/// <param name="Stored">Set for one of ours.</param>
public sealed record KnownBackup(string Name, string Source, DateTimeOffset At, long Bytes, string Kind, ForeignState State, string Detail, StoredBackup? Stored)
{
    /// <summary>The source of what Upkeep makes itself.</summary>
    public const string Own = "own backups";

    public bool IsOwn => Source == Own;

    /// <summary>Whether it counts as a backup of the platform's database.</summary>
    public bool IsWhole => State == ForeignState.Whole;

    /// <summary>Whether it was to be a backup of this database and is none.</summary>
    public bool IsDamaged => State is ForeignState.Empty or ForeignState.Truncated or ForeignState.Corrupt;

    public static KnownBackup Of(ForeignBackup foreign, string folder)
    {
        ArgumentNullException.ThrowIfNull(foreign);
        return new KnownBackup(Path.GetFileName(foreign.Path), folder, foreign.At, foreign.Bytes, KindOf(foreign), foreign.State, foreign.Detail, null);
    }

    private static string KindOf(ForeignBackup foreign)
    {
        var format = foreign.Format switch
        {
            ForeignFormat.PlainSql => "plain SQL",
            ForeignFormat.Custom => "pg_dump custom",
            ForeignFormat.Tar => "pg_dump tar",
            ForeignFormat.Directory => "pg_dump directory",
            _ => "unknown",
        };
        return foreign.Compression == ForeignCompression.None ? format : $"{format}, {foreign.Compression.ToString().ToLowerInvariant()}";
    }
}

/// <summary>Every backup that we know of.</summary>
/// <param name="Owner">The platform's database; ours of another are told apart.</param>
/// <param name="Backups">The newest first.</param>
/// <param name="NotChecked">What could not be looked at, with the reason.</param>
public sealed record BackupInventory(BackupOwner Owner, IReadOnlyList<KnownBackup> Backups, IReadOnlyList<(string Place, string Reason)> NotChecked);
