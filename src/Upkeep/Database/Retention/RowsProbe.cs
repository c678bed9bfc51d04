using Upkeep.Postgres;

namespace Upkeep.Database.Retention;

/// <summary>Looks whether a segment's rows are still in the table, for when the server has forgotten their transaction.</summary>
internal sealed class RowsProbe(DatabaseDoor database, LeafSurvey leaf, ArchivePlace place)
{
    /// <returns>True where none is there any more, false where all are.</returns>
    /// <exception cref="InvalidDataException">Some are and some aren't: nobody can tell whether the transaction was committed.</exception>
    public async Task<bool> AreGoneAsync(Segment segment, CancellationToken cancellationToken)
    {
        if (segment.File is null)
            return true;
        await using var session = await database.OpenAsync(cancellationToken);
        await session.ExecuteAsync($"begin; create temp table upkeep_rows on commit drop as select {leaf.ColumnList()} from only {leaf.Table.Quoted} limit 0", cancellationToken);
        await session.ImportAsync($"copy pg_temp.upkeep_rows from stdin", stream => ArchiveReader.Read(place.Folder, segment, stream.Write), cancellationToken);
        var there = await session.ScalarAsync<long>(
            $"select count(*) from (select row({leaf.ColumnList()})::text from pg_temp.upkeep_rows intersect all select row({leaf.ColumnList()})::text from {leaf.From()} where {leaf.Due()}) both_places",
            cancellationToken);
        await session.ExecuteAsync("rollback", cancellationToken);
        if (there > 0 && there < segment.Rows)
            throw new InvalidDataException($"{leaf.Table}: {there} of the {segment.Rows} rows of segment {segment.Number} are in the table, and the server no longer knows what became of transaction {segment.Xid}");
        return there == 0;
    }
}
