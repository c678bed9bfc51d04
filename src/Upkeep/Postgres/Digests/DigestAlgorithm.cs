namespace Upkeep.Postgres.Digests;

/// <summary>
/// A way to make digests. Its name stands in every digest; whoever compares with an older digest makes the new one the same way. What a name
/// computes never changes: a change gets a name of its own, and the older ones stay for the backups that they speak of.
/// </summary>
public sealed class DigestAlgorithm
{
    private readonly Func<DigestTable, string> _statement;

    private DigestAlgorithm(string name, Func<DigestTable, string> statement, string largeObjects)
    {
        Name = name;
        _statement = statement;
        LargeObjects = largeObjects;
    }

    /// <summary>Each row's text, hashed twice. What manifests of before hold.</summary>
    public static DigestAlgorithm RowTexts { get; } = new("rows-hashtextextended-2x64-sum-1", RowTextsStatement, "Postgres/Digests/large-objects-1.sql");

    /// <summary>Each column's value hashed as what it is (<see cref="RowHash"/>).</summary>
    public static DigestAlgorithm ColumnHashes { get; } = new("columns-hash64-sum-2", ColumnHashesStatement, "Postgres/Digests/large-objects-2.sql");

    /// <summary>What new digests are made with; every server from 13 on has what it needs.</summary>
    public static DigestAlgorithm Newest => ColumnHashes;

    public string Name { get; }

    /// <summary>The embedded file of the statement over large objects.</summary>
    internal string LargeObjects { get; }

    /// <summary>The algorithm that a digest names.</summary>
    /// <exception cref="UnknownDigestException">This upkeep doesn't know it.</exception>
    public static DigestAlgorithm Named(string name) =>
        new[] { ColumnHashes, RowTexts }.FirstOrDefault(one => one.Name == name) ?? throw new UnknownDigestException(name);

    /// <summary>The statement that counts and digests one table.</summary>
    internal string Statement(DigestTable table) => _statement(table);

    public override string ToString() => Name;

    private static string ColumnHashesStatement(DigestTable table) =>
        $"select count(*), coalesce(sum({RowHash.Of(table.Columns)}), 0)::text from only {table.Name.Quoted}";

    // OFFSET 0 keeps the server from making each row's text twice, once per hash.
    private static string RowTextsStatement(DigestTable table) =>
        $"""
        select count(*), coalesce(sum(hashtextextended(line, 0)), 0)::text || ':' || coalesce(sum(hashtextextended(line, 1)), 0)::text
        from (select row({string.Join(", ", table.Columns.Select(column => column.Quoted))})::text collate "C" as line from only {table.Name.Quoted} offset 0) lines
        """;
}

/// <summary>A digest names an algorithm that this upkeep doesn't know.</summary>
public sealed class UnknownDigestException(string name) : Exception($"The digests were made by '{name}', which this upkeep doesn't know."), IHinted
{
    public string Hint => "A newer upkeep made them: use that one.";
}
