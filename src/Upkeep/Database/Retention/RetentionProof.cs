using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Database.Retention;

/// <summary>Looks again: at the table, for rows that should be gone, and at the archive's bytes, for rows that should be there.</summary>
internal sealed class RetentionProof(DatabaseDoor database, StepContext context)
{
    public async Task<Proof> OfAsync(RetentionSurvey survey, RetentionEffect effect, CancellationToken cancellationToken)
    {
        var problems = survey.Rules.Where(rule => rule.Problem is not null).Select(rule => rule.Problem!)
            .Concat(effect.Leaves.Where(leaf => leaf.Problem is not null).Select(leaf => leaf.Problem!)).ToList();
        var hint = survey.Rules.FirstOrDefault(rule => rule.Hint is not null)?.Hint;
        var referenced = 0L;
        foreach (var rule in survey.Rules.Where(rule => rule.Problem is null))
        {
            var (after, due, known) = (0L, 0L, true);
            foreach (var leaf in rule.Leaves)
            {
                var done = effect.Leaves.FirstOrDefault(one => one.Key == leaf.Key);
                if (done?.Problem is not null)
                {
                    known = false;
                    continue;
                }
                var (all, left, kept) = await LeftAsync(leaf, done, problems, cancellationToken);
                (after, due, referenced) = (after + all, due + left, referenced + kept);
                if (done?.Manifest is not null)
                    await ArchiveAsync(leaf, done, problems, cancellationToken);
            }
            if (!known)
                continue;
            if (rule.Exact)
                context.After("rows", after, "rows", rule.Table);
            context.After("due_rows", due, "rows", rule.Table);
        }
        return problems.Count == 0
            ? Proof.That($"{(effect.Archived ? "as many rows archived as removed, none newer than its limit, " : "")}{(referenced == 0 ? "none older left" : $"none older left but {Counting.Number(referenced)} that other rows refer to")}")
            : Proof.Missing(string.Join("; ", problems), hint ?? "Look at the findings, then: upkeep run --resume");
    }

    private async Task<(long All, long Left, long Kept)> LeftAsync(LeafSurvey leaf, LeafEffect? done, List<string> problems, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(cancellationToken);
        // The proof takes as long as the table is large; the step has its deadline.
        await session.ExecuteAsync("set statement_timeout = 0", cancellationToken);
        var (left, kept, all) = (await session.QueryAsync(
            $"select count(*) filter (where {leaf.Due()}), count(*) filter (where {leaf.Due()} and {leaf.Referenced()}), count(*) from {leaf.From()}",
            row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), cancellationToken))[0];
        if (left > kept && done?.LeftLocked == true)
        {
            context.Raise(Severity.Warning, "locked-rows-left", $"{Counted.Of(left - kept, $"old row of {leaf.Table} was", $"old rows of {leaf.Table} were")} locked by other sessions and {(left - kept == 1 ? "stays" : "stay")} until the next run.",
                leaf.Table.ToString(), "See performance.locks for long transactions.");
        }
        else if (left > kept)
        {
            problems.Add($"{Counted.Of(left - kept, "row")} of {leaf.Table} older than {leaf.LimitText} {(left - kept == 1 ? "is" : "are")} still there");
        }
        return (all, left, kept);
    }

    private async Task ArchiveAsync(LeafSurvey leaf, LeafEffect done, List<string> problems, CancellationToken cancellationToken)
    {
        try
        {
            var (manifest, folder) = await Manifests.ReadAsync(context.Folder, done, cancellationToken);
            if (manifest.Rows != done.Deleted)
                problems.Add($"{leaf.Table}: {Counted.Of(manifest.Rows, "row")} archived, {done.Deleted} removed");
            var limit = System.Text.Encoding.ASCII.GetBytes(leaf.LimitText);
            Parallel.ForEach(manifest.Segments, new ParallelOptions { CancellationToken = cancellationToken }, segment =>
            {
                var newest = ArchiveReader.Read(folder, segment, null).Newest;
                if (newest is null || CopyInstant.Compare(System.Text.Encoding.ASCII.GetBytes(newest), limit) >= 0)
                    throw new InvalidDataException($"{leaf.Table}: segment {segment.Number} holds a row of {newest}, which is not older than {leaf.LimitText}");
            });
            await AttachAsync(done, manifest, cancellationToken);
        }
        catch (InvalidDataException problem)
        {
            problems.Add(problem.Message);
        }
        catch (AggregateException several)
        {
            problems.AddRange(several.InnerExceptions.OfType<InvalidDataException>().Select(one => one.Message));
            if (several.InnerExceptions.FirstOrDefault(one => one is not InvalidDataException) is { } other)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(other);
        }
    }

    // Evidence lies in the run's folder; an archive elsewhere is named by its manifest's path in the effect.
    private async Task AttachAsync(LeafEffect done, Manifest manifest, CancellationToken cancellationToken)
    {
        if (Path.IsPathRooted(done.Manifest!))
            return;
        context.Attach(await RunFolder.DescribeAsync(context.Folder, done.Manifest!, "application/json", cancellationToken));
        foreach (var file in manifest.Segments.Select(segment => segment.File!).Distinct())
            context.Attach(await RunFolder.DescribeAsync(context.Folder, Path.Combine(Path.GetDirectoryName(done.Manifest!)!, file), "application/zstd", cancellationToken));
    }
}
