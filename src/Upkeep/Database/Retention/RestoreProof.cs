namespace Upkeep.Database.Retention;

/// <summary>Looks whether every archived row is in the table again, as it was.</summary>
internal sealed class RestoreProof(Manifest manifest, string folder, RestoreTarget target, RestoreLedger ledger)
{
    // Rows compared one by one in a pass over the table: what 200 MB of memory hold.
    private const long AtOnce = 4_000_000;

    /// <param name="unfinished">What kept the work from its end, or null.</param>
    public async Task<RestoreResult> OfAsync(string? unfinished, CancellationToken cancellationToken)
    {
        var found = await target.ReadAsync([.. ledger.Groups.Select(group => group.Xid!)], cancellationToken);
        if (unfinished is not null)
            return new RestoreResult(target.Table.ToString(), found.Rows, unfinished, target.Note);
        if (found.Rows == manifest.Rows && found.Hex == manifest.Digest)
            return new RestoreResult(target.Table.ToString(), found.Rows, null, target.Note);
        // What our transactions wrote isn't all: others may have put rows back too, by hand or as a later run's undo. So row by row.
        try
        {
            var there = await CountAsync(cancellationToken);
            return new RestoreResult(target.Table.ToString(), there, Missing(manifest.Rows - there), target.Note);
        }
        catch (InvalidDataException problem)
        {
            return new RestoreResult(target.Table.ToString(), found.Rows, problem.Message, target.Note);
        }
    }

    private string? Missing(long missing)
    {
        var left = ledger.Left();
        var stay = Math.Min(missing, left.Sum(rows => rows.Count));
        var changed = missing - stay;
        var words = new List<string>();
        if (stay > 0)
            words.Add(stay == 1 ? "1 row stays in the archive because another row has its key now" : $"{Counting.Number(stay)} rows stay in the archive because other rows have their keys now");
        if (stay > 0 && left.Any(rows => rows.Rows is null))
            words.Add("which rows those are can't be told, because a trigger changes rows on their way in: they are not tried again");
        if (changed > 0)
            words.Add($"{Counting.Number(changed)} of the {Counted.Of(manifest.Rows, "row")} of the archive {(changed == 1 ? "is" : "are")} not in the table as {(changed == 1 ? "it was" : "they were")}: changed or removed since, or by a trigger");
        return words.Count == 0 ? null : string.Join("; ", words);
    }

    private async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        var found = 0L;
        var parts = (uint)(manifest.Rows / AtOnce) + 1;
        for (var part = 0u; part < parts; part++)
        {
            var archived = new RowBag(part, parts);
            foreach (var segment in manifest.Segments)
                ArchiveReader.ReadRows(folder, segment, null, (_, row) => archived.Add(row));
            var rows = new CopyRows(row => found += archived.Take(row) ? 1 : 0);
            await target.ReadOlderAsync(manifest.Limit, rows.Add, cancellationToken);
        }
        return found;
    }
}
