namespace Upkeep.Postgres.Catalog;

/// <summary>Tables and statements at one look: the "before" of a run, which <c>verification.database</c> compares with.</summary>
public sealed record DatabaseSnapshot
{
    /// <summary>Tables kept at most; a database with more keeps its largest.</summary>
    public const int TableLimit = 5000;

    public required DatabaseState State { get; init; }
    /// <summary>Largest first.</summary>
    public required IReadOnlyList<TableState> Tables { get; init; }
    public required int TablesLeftOut { get; init; }
    public required StatementLook Statements { get; init; }

    public static async Task<DatabaseSnapshot> ReadAsync(DatabaseDoor database, CancellationToken cancellationToken)
    {
        var tables = await TableCatalog.TablesAsync(database, cancellationToken);
        return new DatabaseSnapshot
        {
            State = await DatabaseState.ReadAsync(database, cancellationToken),
            Tables = [.. tables.Take(TableLimit)],
            TablesLeftOut = Math.Max(0, tables.Count - TableLimit),
            Statements = await StatementCatalog.ReadAsync(database, cancellationToken),
        };
    }
}
