using Upkeep.Postgres;

namespace Upkeep.Backups.Foreign;

/// <summary>What a backup that others made says of itself, read to its end.</summary>
public sealed record ForeignContents
{
    /// <summary>The database it was made of, or null where it doesn't say (a plain dump made without --create).</summary>
    public string? Database { get; init; }

    /// <summary>Of the server it was made from, or null.</summary>
    public string? ServerVersion { get; init; }

    /// <summary>For example <c>UTF8</c>; null where it doesn't say.</summary>
    public string? Encoding { get; init; }

    public IReadOnlySet<TableName> Tables { get; init; } = new HashSet<TableName>();

    /// <summary>Rows of the tables whose rows are written as COPY, which can be counted.</summary>
    public IReadOnlyDictionary<TableName, long> Rows { get; init; } = new Dictionary<TableName, long>();

    /// <summary>Whether there is any row at all, counted or not.</summary>
    public bool HasRows { get; init; }

    /// <summary>Extensions that it creates, with the schema each goes into (null where it names none).</summary>
    public IReadOnlyDictionary<string, string?> Extensions { get; init; } = new Dictionary<string, string?>();

    /// <summary>Roles that its row security policies name.</summary>
    public IReadOnlySet<string> Roles { get; init; } = new HashSet<string>();

    /// <summary>What a scratch restore leaves out and somebody may miss, for example <c>EVENT TRIGGER audit</c>.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}

/// <summary>A backup that others made, read to its end.</summary>
public sealed record ForeignLook(ForeignBackup Backup, ForeignContents Contents);

/// <summary>What a backup should be of.</summary>
/// <param name="Tables">The tables that the database has now; null where it can't be asked.</param>
/// <param name="Traits">How the database is made; null where it can't be asked.</param>
public sealed record ForeignExpectation(string Database, IReadOnlyCollection<TableName>? Tables, DatabaseTraits? Traits)
{
    /// <summary>Asks the database that is maintained; where it can't be reached, which is when backups are looked at, no more than its name is known.</summary>
    public static async Task<ForeignExpectation> AsFarAsKnownAsync(DatabaseDoor database, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        try
        {
            return await OfAsync(database, cancellationToken);
        }
        catch (DatabaseUnreachableException)
        {
            return new ForeignExpectation(InventoryReader.DatabaseOf(database.Settings.ConnectionString), null, null);
        }
    }

    /// <summary>Asks the database that is maintained.</summary>
    /// <exception cref="DatabaseUnreachableException">There is no session to be had.</exception>
    public static async Task<ForeignExpectation> OfAsync(DatabaseDoor database, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenAsync(cancellationToken);
        var scope = await Postgres.Digests.DigestScope.ReadAsync(connection, cancellationToken);
        return new ForeignExpectation(connection.Database, [.. scope.Tables.Select(table => table.Name)], await DatabaseCopy.TraitsAsync(connection, cancellationToken));
    }
}
