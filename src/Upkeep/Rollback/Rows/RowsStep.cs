using System.Globalization;
using Upkeep.Backups;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Postgres;
using Upkeep.Postgres.Digests;
using Upkeep.Rollback.Full;
using Upkeep.Rollback.Swapping;
using Upkeep.Running;

namespace Upkeep.Rollback.Rows;

/// <summary>
/// What was written after the backup and isn't in the restored database: found by key and content, listed per table, and carried over where that
/// was asked for. Follows <see cref="FullRollbackStep"/>.
/// </summary>
public sealed class RowsStep(DatabaseDoor database, UpkeepConfiguration configuration, CarryOver mode, TimeProvider time) : ChangeStep<RowsSurvey, RowsEffect>, IAsyncDisposable
{
    public const string Id = "rollback.rows";

    private const string NoWayBack = "Going back (upkeep rollback --back) makes the replaced database live again, in which these rows are as they were.";

    private readonly List<CarriedBatch> _noted = [];
    private SnapshotSession? _pristine;

    public override StepDefinition Definition { get; } = new()
    {
        Id = Id,
        Title = "Rows written after the backup",
        Kind = StepKind.Change,
        Priority = 1,
        Deadline = TimeSpan.FromDays(1),
    };

    /// <summary>Takes a snapshot of the restored database before anybody works in it.</summary>
    public async Task SeePristineAsync(CancellationToken cancellationToken) =>
        _pristine = await SnapshotSession.ExportAsync(database, TimeSpan.FromSeconds(10), cancellationToken);

    public override async Task<Check<RowsSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (FullRollbackOf(context) is not { Xid: { } xid } full)
            return Check.Skipped<RowsSurvey>("the database was not put back as a whole");
        if (await new BackupStore(configuration.Backup.Folder).ReadManifestAsync(full.Backup, cancellationToken) is not { } manifest)
            return Check.Skipped<RowsSurvey>($"the backup {full.Backup} is gone, so what was in it can't be told", $"Look into {full.Replaced} by hand.");
        await using var doors = new RollbackDoors(database, configuration.Rollback.MaintenanceDatabase);
        // By its oid: somebody may have given it another name since.
        if ((await DatabaseNames.ReadAsync(doors.Maintenance, cancellationToken)).NameOf(full.ReplacedOid) is not { } replaced)
            return Gone(full.Replaced);
        var comparer = new RowComparer(doors.To(replaced), doors.To(full.Database), xid, configuration.Backup.Jobs);
        await using var at = await comparer.SnapshotsAsync(Interlocked.Exchange(ref _pristine, null), cancellationToken);
        var (changed, digest) = await comparer.ChangedAsync(at, manifest, cancellationToken);
        var found = new List<TableDifference>();
        foreach (var pair in changed)
        {
            context.Progress(found.Count, changed.Count, "tables", pair.Name.ToString());
            if (await TableAsync(comparer, at, pair, manifest, context, cancellationToken) is { } table)
                found.Add(table);
            else
                RowsEvidence.TellShape(context, pair, replaced);
        }
        found.AddRange(RowsVerdict.Dropped(manifest.Content, digest));
        var survey = new RowsSurvey(replaced, xid, mode, found, RowsVerdict.NotCompared(manifest.Content, digest)) { LargeObjects = RowsVerdict.LargeObjects(manifest.Content, digest) };
        RowsEvidence.Tell(context, survey);
        return RowsVerdict.Of(survey);
    }

    public override async Task<Act<RowsEffect>> ActAsync(RowsSurvey survey, StepContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(survey);
        ArgumentNullException.ThrowIfNull(context);
        await using var doors = new RollbackDoors(database, configuration.Rollback.MaintenanceDatabase);
        var comparer = new RowComparer(doors.To(survey.Replaced), doors.To(doors.Name), survey.Xid, configuration.Backup.Jobs);
        await using var at = await comparer.SnapshotsAsync(null, cancellationToken);
        await using var reader = await SnapshotSession.JoinAsync(doors.To(survey.Replaced), at.Replaced.Id, TimeSpan.FromSeconds(10), cancellationToken);
        var carrier = new RowCarrier(reader.Connection, doors.To(doors.Name), survey.Xid)
        {
            Before = await CarriedRows.ReadAsync(context, _noted, doors.To(doors.Name), time, cancellationToken),
            Note = Note,
        };
        foreach (var pair in await TableOrder.SortAsync(at.Live.Connection, await PairsAsync(survey, at, cancellationToken), cancellationToken))
        {
            var asNew = AsNew(survey, pair);
            context.Progress(carrier.Inserted + carrier.Updated, survey.Tables.Sum(table => table.Written), "rows", pair.Name.ToString());
            await comparer.CompareAsync(at, pair, rows => carrier.TakeAsync(pair.Live!, [.. rows.Where(asNew)], survey.Mode, cancellationToken), cancellationToken);
        }
        await carrier.EndAsync(cancellationToken);
        await RowsEvidence.WriteConflictsAsync(context, carrier.Conflicts, cancellationToken);
        context.After("rows_carried_over", carrier.Inserted + carrier.Updated, "rows");
        context.After("rows_in_conflict", carrier.Conflicts.Count, "rows");
        var effect = new RowsEffect(carrier.Inserted, carrier.Updated, ByTable(carrier.Conflicts))
        {
            Refused = ByTable(carrier.Conflicts.Where(conflict => conflict.IsNew || survey.Mode == CarryOver.NewAndChanged)),
        };
        return Act.Done(effect, $"{Counted.Of(carrier.Inserted, "new row")} carried over{(carrier.Updated > 0 ? $", {Counted.Of(carrier.Updated, "changed row")} too" : "")}; {Counted.Of(carrier.Conflicts.Count, "conflict")} listed", UndoState.None, NoWayBack);

        void Note(CarriedBatch batch)
        {
            context.Checkpoint(batch);
            _noted.Add(batch);
        }
    }

    public override async Task<Proof> VerifyAsync(RowsSurvey survey, RowsEffect effect, StepContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(survey);
        ArgumentNullException.ThrowIfNull(effect);
        ArgumentNullException.ThrowIfNull(context);
        await using var doors = new RollbackDoors(database, configuration.Rollback.MaintenanceDatabase);
        var comparer = new RowComparer(doors.To(survey.Replaced), doors.To(doors.Name), survey.Xid, configuration.Backup.Jobs);
        await using var at = await comparer.SnapshotsAsync(null, cancellationToken);
        var carried = await CarriedRows.ReadAsync(context, _noted, doors.To(doors.Name), time, cancellationToken);
        foreach (var pair in await PairsAsync(survey, at, cancellationToken))
        {
            var asNew = AsNew(survey, pair);
            var left = 0L;
            await comparer.CompareAsync(at, pair, rows =>
            {
                // One that was carried over and isn't there any more was deleted by someone since.
                left += rows.Where(asNew).Count(row => (row.Kind == DifferenceKind.New || (survey.Mode == CarryOver.NewAndChanged && row.Kind is DifferenceKind.Changed or DifferenceKind.Both)) && !carried.Contains(pair.Name, row));
                return Task.CompletedTask;
            }, cancellationToken);
            var told = effect.Refused.GetValueOrDefault(pair.Name.ToString());
            if (left > told)
                return Proof.Missing($"{pair.Name}: {Counted.Of(left, "row")} of the replaced database are still not in the live one, and only {told.ToString("N0", CultureInfo.InvariantCulture)} are listed as conflicts.", "Somebody may have deleted rows meanwhile; else report this.");
        }
        return Proof.That(RowsVerdict.Carried(survey));
    }

    public override Task<Proof> UndoAsync(RowsEffect effect, StepContext context, CancellationToken cancellationToken) => Task.FromResult(Proof.Missing("Rows that were carried over are not taken out again.", NoWayBack));

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _pristine, null) is { } left)
            await left.DisposeAsync();
    }

    /// <summary>The full rollback that the run's journal tells of, or null.</summary>
    internal static FullRollbackEffect? FullRollbackOf(StepContext context) => context.Facts.Where(entry => entry.Step == FullRollbackStep.Id)
        .Select(entry => entry.Fact).OfType<StepActed>().LastOrDefault() is { } acted ? JournalJson.FromElement<FullRollbackEffect>(acted.Effect) : null;

    private Check<RowsSurvey> Gone(string replaced)
    {
        var what = $"the replaced database {replaced} is gone, so what was written to it after the backup can be neither listed nor carried over";
        return mode == CarryOver.No ? Check.Skipped<RowsSurvey>(what) : Check.Refused<RowsSurvey>(null, what, "See whether a later backup has it: upkeep backup list");
    }

    private static async Task<TableDifference?> TableAsync(RowComparer comparer, Snapshots at, TablePair pair, BackupManifest manifest, StepContext context, CancellationToken cancellationToken)
    {
        var path = $"rollback/rows-{RowsEvidence.FileName(pair.Name)}.csv";
        await using var file = RowsFile.Create(context.Folder, path, pair.Replaced);
        var places = new List<string>();
        var difference = await comparer.CompareAsync(at, pair, rows =>
        {
            places.AddRange(rows.Where(row => row.Kind == DifferenceKind.New).Select(row => row.Replaced!.Place));
            return file.AddAsync(rows, at.Replaced.Connection, at.Live.Connection, pair, cancellationToken);
        }, cancellationToken);
        if (difference.Written + difference.Gone == 0)
            return null;
        context.Attach(await file.EndAsync(cancellationToken));
        return difference with { List = path, NewPlaces = RowPlaces.Pack(places), NotCarried = await WhyNotAsync(comparer, at, pair, manifest, cancellationToken) };
    }

    private static async Task<string?> WhyNotAsync(RowComparer comparer, Snapshots at, TablePair pair, BackupManifest manifest, CancellationToken cancellationToken)
    {
        if (pair.Live is not { } live)
            return "the table was made after the backup and isn't in the restored database";
        if (!pair.Replaced.HasKey || !live.HasKey)
            return "the table has no primary key, so a row can't be told from its copy";
        if (!pair.Replaced.LooksLike(live))
            return "the table was given other columns or another key after the backup";
        var before = manifest.Content.Tables.FirstOrDefault(table => table.Table() == pair.Name)?.Rows ?? 0;
        var untouched = await comparer.UntouchedAsync(at, pair, cancellationToken);
        return untouched >= before ? null : string.Create(CultureInfo.InvariantCulture,
            $"{before - untouched:N0} of the backup's rows were changed or deleted in the live database after the swap, so a row that it lacks may be one that was deleted on purpose");
    }

    // What the look found new, and whatever else differs: a row that was in the live database then and isn't now was deleted by users.
    private static Func<Difference, bool> AsNew(RowsSurvey survey, TablePair pair)
    {
        var places = RowPlaces.Unpack(survey.Tables.First(table => table.Table() == pair.Name).NewPlaces).ToHashSet(StringComparer.Ordinal);
        return row => row.Kind != DifferenceKind.New || places.Contains(row.Replaced!.Place);
    }

    private static Dictionary<string, long> ByTable(IEnumerable<Conflict> conflicts) =>
        conflicts.GroupBy(conflict => conflict.Table.ToString(), StringComparer.Ordinal).ToDictionary(group => group.Key, group => (long)group.Count(), StringComparer.Ordinal);

    private static async Task<IReadOnlyList<TablePair>> PairsAsync(RowsSurvey survey, Snapshots at, CancellationToken cancellationToken)
    {
        var replaced = await TableShape.ReadAsync(at.Replaced.Connection, cancellationToken);
        var live = await TableShape.ReadAsync(at.Live.Connection, cancellationToken);
        return [.. survey.Tables.Where(table => table is { NotCarried: null } && table.Written > 0 && replaced.ContainsKey(table.Table()) && live.ContainsKey(table.Table()))
            .Select(table => new TablePair(replaced[table.Table()], live[table.Table()]))];
    }
}
