using System.Globalization;
using Upkeep.Backups;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Rollback.Full;
using Upkeep.Running;

namespace Upkeep.Rollback.Rows;

/// <summary>What users wrote between a full rollback and going back from it: it stays in the database that was live meanwhile, and is listed.</summary>
internal sealed class RowsLeftBehind(RollbackDoors doors, UpkeepConfiguration configuration)
{
    /// <param name="left">The name of the database that was live meanwhile.</param>
    public async Task TellAsync(FullRollbackEffect effect, string left, StepContext context, CancellationToken cancellationToken)
    {
        if (effect.Xid is not { } xid || await new BackupStore(configuration.Backup.Folder).ReadManifestAsync(effect.Backup, cancellationToken) is not { } manifest)
        {
            context.Raise(Severity.Info, "not-compared", $"Not compared: what was written to {left} while it was live, because the backup {effect.Backup} is gone.", left);
            return;
        }
        var comparer = new RowComparer(doors.To(left), doors.To(doors.Name), xid, configuration.Backup.Jobs) { LeftXid = xid };
        await using var at = await comparer.SnapshotsAsync(null, cancellationToken);
        foreach (var pair in (await comparer.ChangedAsync(at, manifest, cancellationToken)).Changed)
        {
            var path = $"rollback/back-{RowsEvidence.FileName(pair.Name)}.csv";
            await using var file = RowsFile.Create(context.Folder, path, pair.Replaced, "left", "live");
            long rows = 0;
            await comparer.CompareAsync(at, pair, async found =>
            {
                List<Difference> since = [.. found.Where(row => row.Replaced is { Since: true })];
                rows += since.Sum(row => row.Times);
                await file.AddAsync(since, at.Replaced.Connection, at.Live.Connection, pair, cancellationToken);
            }, cancellationToken);
            if (rows == 0)
                continue;
            context.Attach(await file.EndAsync(cancellationToken));
            context.Raise(Severity.Warning, "rows-left-behind", string.Create(CultureInfo.InvariantCulture,
                $"{pair.Name}: {Counted.Of(rows, "row")} written after the rollback {(rows == 1 ? "is" : "are")} in {left} only."), pair.Name.ToString(), RowsEvidence.ByHand(context, path));
        }
    }
}
