using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Database.Retention;

/// <summary>Removes what is due from one table, going on from where an interrupted run stopped.</summary>
internal sealed class TablePurge(PurgeFrame frame, RetentionRules rules, int lanes, StepContext context)
{
    // A row that refers to another of its own table goes one pass before it; a chain longer than this waits a week.
    private const int Passes = 20;

    private static readonly TimeSpan _betweenMeasures = TimeSpan.FromSeconds(2);

    private readonly LeafSurvey _leaf = frame.Leaf;
    private readonly ArchivePlace _place = ArchivePlace.Of(context, rules, frame.Leaf.Rule, frame.Leaf.Schema, frame.Leaf.Name);
    private readonly Ledger _ledger = new(context, frame.Leaf.Key);
    private readonly Lock _telling = new();
    private long _before;
    private long _removed;
    private long? _measured;

    /// <returns>What was removed so far in this run, and how the work ended.</returns>
    public async Task<(LeafEffect Effect, LaneEnd End)> RunAsync(CancellationToken cancellationToken)
    {
        await SettleAsync(cancellationToken);
        _before = _ledger.Rows;
        var archives = new List<ArchiveWriter>();
        var workers = new List<Lane>();
        try
        {
            for (var lane = 1; lane <= lanes; lane++)
            {
                var archive = rules.Archive ? ArchiveWriter.Open(_place.File(lane), _ledger.Length(Path.GetFileName(_place.File(lane)))) : null;
                if (archive is not null)
                    archives.Add(archive);
                workers.Add(new Lane(frame, _ledger, archive, context, lane));
            }
            var end = await PassesAsync(workers, cancellationToken);
            return (await EffectAsync(workers, end, cancellationToken), end);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            var end = new LaneEnd(LaneVerdict.Fatal, $"{_leaf.Table}: the archive can't be written: {problem.Message}",
                "Nothing was deleted that isn't archived. Mend the folder or free disk space, then: upkeep run --resume");
            return (Unlisted(end), end);
        }
        finally
        {
            foreach (var worker in workers)
                await worker.DisposeAsync();
            foreach (var archive in archives)
                archive.Dispose();
        }
    }

    /// <summary>What an interrupted run did to this table, or null for nothing; changes no row.</summary>
    public async Task<LeafEffect?> RecoverAsync(CancellationToken cancellationToken)
    {
        await SettleAsync(cancellationToken);
        return _ledger.Segments.Count == 0 ? null : await EffectAsync([], LaneEnd.Through, cancellationToken);
    }

    private Task SettleAsync(CancellationToken cancellationToken) =>
        _ledger.SettleAsync(frame.Database, frame.Time, segment => new RowsProbe(frame.Database, _leaf, _place).AreGoneAsync(segment, cancellationToken), cancellationToken);

    private async Task<LaneEnd> PassesAsync(List<Lane> workers, CancellationToken cancellationToken)
    {
        for (var pass = 1; ; pass++)
        {
            var before = _ledger.Rows;
            using BiteSource source = _leaf.ByIndex ? new IndexBites(_leaf) : new PageBites(_leaf);
            using var halt = new CancellationTokenSource();
            var ends = await Task.WhenAll(workers.Select(worker => Task.Run(() => worker.RunAsync(source, Tell, halt, cancellationToken), cancellationToken)));
            // The reason comes before those who stopped because of it.
            var worst = ends.MaxBy(end => end.Verdict)!;
            if (worst.Verdict != LaneVerdict.Through || pass == Passes || _ledger.Rows == before || await NothingIsLeftAsync(workers, cancellationToken))
                return worst;
        }
    }

    // Along an index nothing can be passed by; page by page a row can move behind our back, and a reference can go with this very pass.
    private async Task<bool> NothingIsLeftAsync(List<Lane> workers, CancellationToken cancellationToken)
    {
        if (_leaf.ByIndex && _leaf.References.Count == 0 && !workers.Any(worker => worker.SkippedLocked))
            return true;
        await using var session = await frame.Database.OpenAsync(cancellationToken);
        // Without an index it reads the whole table, which may take longer than a look at a door may.
        await session.ExecuteAsync("set statement_timeout = 0", cancellationToken);
        return !await session.ScalarAsync<bool>($"select exists (select from {_leaf.From()} where {_leaf.Removable()})", cancellationToken);
    }

    private void Tell(long rows)
    {
        lock (_telling)
        {
            _removed += rows;
            context.Progress(_removed, null, "rows", _leaf.Table.ToString());
            // For the history of a run that is killed: the end, which measures it exactly, is then never told.
            if (_measured is { } at && frame.Time.GetElapsedTime(at) < _betweenMeasures)
                return;
            _measured = frame.Time.GetTimestamp();
            RetentionVerdict.Measure(_leaf.Schema, _leaf.Name, _before + _removed, context);
        }
    }

    private async Task<LeafEffect> EffectAsync(List<Lane> workers, LaneEnd end, CancellationToken cancellationToken)
    {
        var effect = Unlisted(end) with { Yields = workers.Sum(worker => worker.Yields), LeftLocked = workers.Any(worker => worker.SkippedLocked) };
        if (!rules.Archive || _ledger.Segments.Count == 0)
            return effect;
        var segments = _ledger.Segments;
        var digest = new RowDigest();
        foreach (var segment in segments)
            digest.Add(segment.Digest!, segment.Rows);
        var artifact = await _place.WriteAsync(new Manifest
        {
            Run = context.Run, Step = context.Step.Id, Schema = _leaf.Schema, Table = _leaf.Name, Columns = _leaf.Columns, Limit = _leaf.LimitText,
            Where = _leaf.Where, Rows = digest.Rows, Digest = digest.Hex, Segments = segments,
        }, cancellationToken);
        return effect with { Manifest = _place.Manifest, ManifestSha256 = artifact.Sha256 };
    }

    private LeafEffect Unlisted(LaneEnd end) => new()
    {
        Rule = _leaf.Rule, Schema = _leaf.Schema, Name = _leaf.Name, RootSchema = _leaf.RootSchema, Root = _leaf.Alias, Deleted = _ledger.Rows,
        Bytes = _ledger.Segments.Sum(segment => segment.Length),
        Problem = end.Verdict is LaneVerdict.Problem or LaneVerdict.Fatal ? end.Reason : null,
    };
}
