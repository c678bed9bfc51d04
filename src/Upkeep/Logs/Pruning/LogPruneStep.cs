using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Logs.Pruning;

/// <summary>Archives of the configured logs that are older than they are to be kept.</summary>
public sealed class LogPruneStep(LogSettings settings, LogPruner pruner, Redactor redactor) : ChangeStep<LogPruneSurvey, LogPruneEffect>
{
    private const string NoWayBack = "What is older than logs: keep is to be gone: a copy kept for a way back would be kept too long itself.";

    public override StepDefinition Definition { get; } = new()
    {
        Id = "logs.prune",
        Title = "Old log archives removed",
        Kind = StepKind.Change,
        Requires = ["preparation.backup"],
        After = ["logs.rotate"],
        Priority = 6,
        Deadline = TimeSpan.FromMinutes(15),
    };

    public override Task<Check<LogPruneSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (settings.Files.Count == 0)
            return Task.FromResult(Check.Skipped<LogPruneSurvey>("no logs are configured", "Name them under logs: files."));
        IReadOnlyList<ArchiveVerdict> verdicts;
        try
        {
            verdicts = pruner.Look(LogSet.WithFolders(settings), settings.Keep, settings.KeepAtLeast);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(Check.Failed<LogPruneSurvey>(null, $"the archives can't be looked at: {problem.Message}", "Run it as the folder's owner or as root."));
        }
        var going = verdicts.Where(verdict => verdict.Goes).Select(PrunedArchive.Of).ToList();
        var survey = new LogPruneSurvey(going, [.. verdicts.Where(verdict => !verdict.Goes).Select(PrunedArchive.Of)]);
        foreach (var verdict in verdicts.Where(verdict => verdict is { Goes: true, Archive.IsDatedByName: false }))
            context.Raise(Severity.Info, "archive-dated-by-change", $"{verdict.Archive.Path} is taken to be {verdict.Why}.", verdict.Archive.Path);
        foreach (var verdict in verdicts.Where(verdict => verdict.Archive.Facts.IsLink))
            context.Raise(Severity.Info, "archive-is-link", $"{verdict.Archive.Path} is a link, and stays.", verdict.Archive.Path);
        context.Before("archives", verdicts.Count, "count");
        context.Before("archive_bytes", verdicts.Sum(verdict => verdict.Archive.Facts.Allocated), "bytes");
        return Task.FromResult(going.Count == 0
            ? Check.NothingToDo(survey, $"none of {Counted.Of(verdicts.Count, "archive")} is older than {Amount.Duration(settings.Keep)}, or each is among the newest {settings.KeepAtLeast} of its log")
            : Check.Due(survey, $"would remove {Counted.Of(going.Count, "archive")} ({Amount.Bytes(going.Sum(archive => archive.Bytes))}): {string.Join(", ", going.Take(5).Select(archive => $"{archive.Path} {archive.Why}"))}{(going.Count > 5 ? ", …" : "")}"));
    }

    public override async Task<Act<LogPruneEffect>> ActAsync(LogPruneSurvey survey, StepContext context, CancellationToken cancellationToken)
    {
        // Those that were removed before a kill or a stop.
        var removed = new List<PrunedArchive>(context.Checkpoints<PrunedArchive>().DistinctBy(archive => archive.Path));
        var (now, failed) = await pruner.RemoveAsync(survey.Going.Where(archive => removed.All(earlier => earlier.Path != archive.Path)).ToList(), context.Checkpoint, () => context.Stop.Reason is null, cancellationToken);
        removed.AddRange(now);
        foreach (var failure in failed)
            context.Raise(Severity.Warning, "archive-not-removed", failure.Problem.What, failure.Path, failure.Problem.Hint);
        var table = new Csv("log", "archive", "day", "bytes", "why");
        foreach (var archive in removed)
            table.Row(archive.Log, archive.Path, archive.Day, archive.Bytes, archive.Why);
        await context.WriteCsvAsync("logs/pruned.csv", table, redactor, cancellationToken);
        var effect = new LogPruneEffect(removed, failed);
        if (context.Stop.Reason is { } reason && removed.Count + failed.Count < survey.Going.Count)
            return Act.StoppedAfter(effect, Told(removed), UndoState.None, NoWayBack, reason);
        return removed.Count == 0 && failed.Count > 0
            ? Act.Failed(effect, failed[0].Problem.What, failed[0].Problem.Hint, UndoState.None, NoWayBack)
            : Act.Done(effect, Told(removed), UndoState.None, NoWayBack);
    }

    public override Task<Proof> VerifyAsync(LogPruneSurvey survey, LogPruneEffect effect, StepContext context, CancellationToken cancellationToken)
    {
        var now = pruner.Look(LogSet.WithFolders(settings), settings.Keep, settings.KeepAtLeast);
        // By inode: logrotate gives its archives new numbers.
        var there = now.Select(verdict => (verdict.Archive.Facts.Device, verdict.Archive.Facts.Inode)).ToHashSet();
        var left = effect.Removed.Where(archive => there.Contains((archive.Device, archive.Inode))).Select(archive => archive.Path).ToList();
        var missing = survey.Staying.Where(archive => !there.Contains((archive.Device, archive.Inode))).Select(archive => archive.Path).ToList();
        context.After("archives", now.Count, "count");
        context.After("archive_bytes", now.Sum(verdict => verdict.Archive.Facts.Allocated), "bytes");
        return Task.FromResult((left, missing) switch
        {
            ({ Count: > 0 }, _) => Proof.Missing($"still there: {string.Join(", ", left.Take(5))}", "Look who puts them back."),
            (_, { Count: > 0 }) => Proof.Missing($"gone, and not by this step: {string.Join(", ", missing.Take(5))}", "Look who else removes archives (logrotate?), and leave it to one."),
            _ => Proof.That($"{Counted.Of(effect.Removed.Count, "archive")} gone, {Counted.Of(survey.Staying.Count, "other")} where they were"),
        });
    }

    private static string Told(List<PrunedArchive> removed) => removed.Count == 0
        ? "removed none: somebody else had, since they were looked at" : $"removed {Counted.Of(removed.Count, "archive")} ({Amount.Bytes(removed.Sum(archive => archive.Bytes))})";

    public override Task<Proof> UndoAsync(LogPruneEffect effect, StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(Proof.Missing("Removed archives can't be put back.", NoWayBack));
}

/// <param name="Going">Archives that are too old.</param>
/// <param name="Staying">All others.</param>
public sealed record LogPruneSurvey(IReadOnlyList<PrunedArchive> Going, IReadOnlyList<PrunedArchive> Staying);

public sealed record LogPruneEffect(IReadOnlyList<PrunedArchive> Removed, IReadOnlyList<RemovalFailure> Failed);
