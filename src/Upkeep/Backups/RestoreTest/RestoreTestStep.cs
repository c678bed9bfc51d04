using System.Globalization;
using Upkeep.Backups.Foreign;
using Upkeep.Backups.Restoring;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Postgres;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups.RestoreTest;

/// <summary>Restores the newest backup on a scratch server of our own, proves the copy, and leaves it for whoever rehearses a rollback on it.</summary>
public sealed class RestoreTestStep(DatabaseDoor database, ProgramDoor programs, ScratchShelf shelf, UpkeepConfiguration configuration, TimeProvider time)
    : InspectStep<RestoreTestSurvey>
{
    private readonly RestoreTester _tester = new(database, programs, configuration.Backup, configuration.Root, time);

    public override StepDefinition Definition { get; } = new()
    {
        Id = "backups.restore-test",
        Title = "Newest backup restored and proven",
        Kind = StepKind.Verify,
        After = ["preparation.backup", "database.retention", "database.sessions", "database.vacuum", "database.analyze"],
        Priority = 3,
        Deadline = TimeSpan.FromHours(4),
        WorkMeasure = "backup_bytes",
    };

    public override async Task<Check<RestoreTestSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        var newest = await NewestBackup.FindAsync(configuration.Backup, await BackupOwner.AsFarAsKnownAsync(database, cancellationToken),
            new ForeignBackups(programs, configuration.Backup, token => ForeignExpectation.OfAsync(database, token), time), cancellationToken);
        // A plan looks before the run has taken its own.
        if (newest is null && !Directory.Exists(context.Folder))
            return Check.Looked(RestoreTestSurvey.Of(""), "would restore the backup that the run takes on a scratch server and prove it; there is none yet");
        if (newest is null)
        {
            return Check.Skipped<RestoreTestSurvey>($"there is no backup in {string.Join(", ", [configuration.Backup.Folder, .. configuration.Backup.Expected.Folders])}",
                "Take one: upkeep backup create");
        }
        context.Before("backup_bytes", newest.Bytes, "bytes");
        // In a plan and in a dry run there is no folder: then nothing is restored.
        if (!Directory.Exists(context.Folder))
            return Check.Looked(RestoreTestSurvey.Of(newest.Name), $"would restore {newest.Name} ({Amount.Bytes(newest.Bytes)}) on a scratch server and prove it");
        foreach (var left in await _tester.Scratch.SweepAsync(cancellationToken))
            context.Raise(Severity.Info, "scratch-swept", $"A scratch server that a killed run had left in {left} was removed.", left);

        // A restore has no safe point but its beginning: a stop ends it, and it is made anew on resume.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, context.Stop.Token);
        var test = await TestAsync(newest, context, either.Token);
        return await ToldAsync(newest, test, context, cancellationToken);
    }

    private Task<Restoring.RestoreTest> TestAsync(NewestBackup newest, StepContext context, CancellationToken cancellationToken)
    {
        void Moved(long done, long? total, string? what) => context.Progress(done, total, "bytes", what);
        return newest.Foreign is { } foreign
            ? _tester.TestAsync(foreign.Path, Moved, cancellationToken)
            : _tester.TestAsync(newest.Own!, Moved, cancellationToken);
    }

    private async Task<Check<RestoreTestSurvey>> ToldAsync(NewestBackup newest, Restoring.RestoreTest test, StepContext context, CancellationToken cancellationToken)
    {
        if (test is not { Proven: { } proven, Copy: { } copy })
            return Check.Failed(RestoreTestSurvey.Of(newest.Name) with { Proven = false, Problems = [test.Problem!.What] }, test.Problem.What, test.Problem.Hint);
        var took = copy.Took;
        // Nobody rolls back to what has no manifest.
        if (newest.Own is null)
            await copy.DisposeAsync();
        else
            await shelf.PutAsync(copy);
        await RestoreTestEvidence.WriteAsync(context, newest.Name, proven, took, cancellationToken);
        var survey = new RestoreTestSurvey(newest.Name, proven.Holds, proven.Findings.Problems, [.. proven.Findings.NotProven, .. proven.Findings.Limits], took.TotalSeconds);
        return proven.Holds
            ? Check.Looked(survey, string.Create(CultureInfo.InvariantCulture,
                $"{newest.Name} restored in {took.TotalSeconds:0.0} s: {proven.Rows:N0} rows of {Counted.Of(proven.Tables.Count, "table")}, {(proven.Findings.NotProven.Count == 0 ? "equal to the manifest" : "not all of it proven")}"))
            : Check.Failed(survey, $"{newest.Name} restores, and what comes out is wrong: {string.Join("; ", proven.Findings.Problems.Take(3))}",
                "Don't rely on this backup. Take another (upkeep backup create), prove it (upkeep backup verify), and find out what changed this one.");
    }
}
