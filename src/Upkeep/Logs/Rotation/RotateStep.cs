using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Logs.Logrotate;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Logs.Rotation;

/// <summary>The configured logs rotated and compressed while they are written to.</summary>
public sealed class RotateStep(LogSettings settings, LogRotation rotation, LogrotateNeighbour logrotate, Redactor redactor) : ChangeStep<RotateSurvey, RotateEffect>
{
    private const string NothingToUndo = "No line is gone: what the logs no longer hold is in the archives, whole, and read back.";
    private const string LossyNothingToUndo = "What was copied of the logs is in the archives, whole, and read back. What was written at the moment at which one was cut to nothing (way: truncate, as configured) is lost, and nothing brings it back.";

    public override StepDefinition Definition { get; } = new()
    {
        Id = "logs.rotate",
        Title = "Logs rotated",
        Kind = StepKind.Change,
        Requires = ["preparation.backup"],
        Priority = 5,
        WorkMeasure = "log_bytes",
    };

    public override Task<Check<RotateSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (settings.Files.Count == 0)
            return Task.FromResult(Check.Skipped<RotateSurvey>("no logs are configured", "Name them under logs: files."));
        var looks = LogSet.Of(settings).Select(log => rotation.Look(log.Request)).ToList();
        context.Raise(RotateFindings.Unmatched(LogSet.Unmatched(settings)));
        context.Raise(looks.SelectMany(look => RotateFindings.Of(look, logrotate.Of(look.Path))));
        var survey = new RotateSurvey(looks);
        var due = looks.Where(look => look is { IsDue: true, Problem: null }).ToList();
        foreach (var look in due)
            context.Before("log_bytes", look.Bytes, "bytes", look.Path);
        var unfit = looks.Where(look => look.Problem is not null).ToList();
        if (looks.Count > 0 && unfit.Count == looks.Count)
            return Task.FromResult(Check.Failed(survey, unfit.Count == 1 ? unfit[0].Problem!.What : $"none of {Counted.Of(looks.Count, "log")} can be rotated: {unfit[0].Problem!.What}", unfit[0].Problem!.Hint));
        return Task.FromResult(due.Count == 0
            ? Check.NothingToDo(survey, $"none of {Counted.Of(looks.Count - unfit.Count, "log")} is to be rotated{(unfit.Count == 0 ? "" : $", and {unfit.Count} can't be")}")
            : Check.Due(survey, $"would rotate {string.Join(", ", due.Select(look => $"{look.Path} ({Amount.Bytes(look.Bytes)}, by {look.Way.ToString().ToLowerInvariant()})"))}"));
    }

    public override async Task<Act<RotateEffect>> ActAsync(RotateSurvey survey, StepContext context, CancellationToken cancellationToken)
    {
        var requests = LogSet.Of(settings).ToDictionary(log => log.Request.Path, log => log.Request);
        var archives = new List<Rotated>(context.Checkpoints<Rotated>().DistinctBy(rotated => rotated.Archive));
        var failed = new List<RotateFailure>();
        var due = survey.Logs.Where(look => look is { IsDue: true, Problem: null } && requests.ContainsKey(look.Path)).ToList();
        var total = due.Sum(look => look.Bytes);
        var done = 0L;
        foreach (var look in due)
        {
            if (context.Stop.Reason is { } reason)
                return Act.StoppedAfter(new RotateEffect(archives, failed), Told(archives, survey, failed), UndoState.NotNeeded, WhyNoUndo(archives), reason);
            // One that is archived already is only finished, not rotated again.
            var again = archives.Any(rotated => rotated.Path == look.Path);
            var outcome = await rotation.RotateAsync(requests[look.Path] with
            {
                MinSize = again ? long.MaxValue : requests[look.Path].MinSize,
                MaxAge = again ? null : requests[look.Path].MaxAge,
                Done = context.Checkpoint,
            }, cancellationToken);
            archives.AddRange(outcome.Done.Where(rotated => archives.All(known => known.Archive != rotated.Archive)));
            foreach (var notice in outcome.Notices)
                context.Raise(Severity.Warning, "log-rotation-notice", notice, look.Path);
            if (outcome.Problem is { } problem)
            {
                failed.Add(new RotateFailure(look.Path, problem));
                context.Raise(Severity.Warning, "log-not-rotated", problem.What, look.Path, problem.Hint);
            }
            context.Progress(done += look.Bytes, total, "bytes", look.Path);
        }
        await context.WriteCsvAsync("logs/rotation.csv", Table(archives), redactor, cancellationToken);
        var effect = new RotateEffect(archives, failed);
        return failed.Count > 0 && archives.Count == 0
            ? Act.Failed(effect, failed[0].Problem.What, failed[0].Problem.Hint, UndoState.NotNeeded, WhyNoUndo(archives))
            : Act.Done(effect, Told(archives, survey, failed), UndoState.NotNeeded, WhyNoUndo(archives));
    }

    public override Task<Proof> VerifyAsync(RotateSurvey survey, RotateEffect effect, StepContext context, CancellationToken cancellationToken)
    {
        var newest = effect.Archives.GroupBy(rotated => rotated.Path).Select(archives => archives.Last().Archive).ToHashSet(StringComparer.Ordinal);
        var (problems, uncompared) = (new List<string>(), new List<string>());
        var (lines, live) = (0L, 0L);
        foreach (var rotated in effect.Archives)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var proof = RotationProof.Of(rotated, newest.Contains(rotated.Archive));
            if (proof.Problem is { } problem)
                problems.Add(problem);
            if (proof.Uncompared is { } why)
                uncompared.Add(why);
            var (archived, rest) = (proof.Archived ?? new CopiedRange(0, 0, ""), proof.Live);
            lines += archived.Lines;
            live += rest?.Lines ?? 0;
            context.Before("written_lines", rotated.Lines + (rotated.Rest?.Lines ?? 0), "lines", rotated.Archive);
            // What was not compared is not claimed: there is a before, and no after.
            if (proof.Uncompared is null)
                context.After("written_lines", archived.Lines + (rest?.Lines ?? 0), "lines", rotated.Archive);
            context.Before("written_bytes", rotated.Bytes + (rotated.Rest?.Bytes ?? 0), "bytes", rotated.Archive);
            if (proof.Uncompared is null)
                context.After("written_bytes", archived.Bytes + (rest?.Bytes ?? 0), "bytes", rotated.Archive);
            context.After("archived_lines", archived.Lines, "lines", rotated.Archive);
            context.After("archive_size", rotated.ArchiveBytes, "bytes", rotated.Archive);
        }
        // What the writers have added since is theirs; what the logs take now is what the rotation was for.
        foreach (var look in survey.Logs.Where(look => look is { IsDue: true, Problem: null }))
            context.After("log_bytes", FileFacts.Of(look.Path)?.Size ?? 0, "bytes", look.Path);
        return Task.FromResult(problems.Count > 0
            ? Proof.Missing(string.Join("; ", problems.Take(3)), "Keep the archive and the log as they are, and compare them by hand: zstd -dc ARCHIVE")
            : effect.Archives.Count == 0 ? Proof.That("every line is where it was")
            : Proof.That($"{Counted.Of(effect.Archives.Count, "archive")} read back: {Counted.Of(lines, "line")} archived and {Counted.Of(live, "line")} behind them in the logs are those that were {(IsLossy(effect.Archives) ? "copied" : "written")}, byte by byte{Rest(effect.Archives, uncompared)}"));
    }

    public override Task<Proof> UndoAsync(RotateEffect effect, StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(Proof.Missing("A rotation has nothing to undo.", WhyNoUndo(effect.Archives)));

    private static bool IsLossy(IEnumerable<Rotated> archives) => archives.Any(rotated => rotated.Way == LogWay.Truncate);

    private static string WhyNoUndo(IEnumerable<Rotated> archives) => IsLossy(archives) ? LossyNothingToUndo : NothingToUndo;

    private static string Rest(IReadOnlyList<Rotated> archives, List<string> uncompared) =>
        (IsLossy(archives) ? $"; {Counted.Of(archives.Count(rotated => rotated.Way == LogWay.Truncate), "log")} cut to nothing (truncate): what came at that moment is lost" : "")
        + (uncompared.Count == 0 ? "" : $"; not compared was what {Counted.Of(uncompared.Count, "log")} held behind the archived part: {string.Join("; ", uncompared.Take(3))}");

    private static string Told(List<Rotated> archives, RotateSurvey survey, List<RotateFailure> failed)
    {
        var unfit = failed.Select(failure => failure.Path).Concat(survey.Logs.Where(look => look.Problem is not null).Select(look => look.Path)).Distinct().Count();
        return Told(archives) + (unfit == 0 ? "" : $"; {Counted.Of(unfit, "log")} could not be");
    }

    private static string Told(List<Rotated> archives) => archives.Count == 0
        ? "nothing could be let go of: the logs are small, or one line fills them"
        : $"rotated {Counted.Of(archives.Select(rotated => rotated.Path).Distinct().Count(), "log")}: {Counted.Of(archives.Sum(rotated => rotated.Lines), "line")} ({Amount.Bytes(archives.Sum(rotated => rotated.Bytes))}) are in {Amount.Bytes(archives.Sum(rotated => rotated.ArchiveBytes))} of archives";

    private static Csv Table(List<Rotated> archives)
    {
        var table = new Csv("log", "way", "archive", "lines", "bytes", "archive_bytes", "xxh128");
        foreach (var one in archives)
            table.Row(one.Path, one.Way.ToString().ToLowerInvariant(), one.Archive, one.Lines, one.Bytes, one.ArchiveBytes, one.Hash);
        return table;
    }
}
