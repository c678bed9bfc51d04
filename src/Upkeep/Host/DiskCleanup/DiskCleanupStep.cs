using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Host.DiskCleanup;

/// <summary>Files that nobody has used for long, downloaded packages, container images: removed as configured, never through a link or onto another mount.</summary>
public sealed class DiskCleanupStep(DiskCleanupSettings settings, CacheCleaner caches, Redactor redactor, TimeProvider time) : ChangeStep<CleanupSurvey, CleanupEffect>
{
    private const string NoWayBack = "What nobody has used for so long is to be gone: a copy kept for a way back would take the room that was wanted. The list tells what it was.";

    /// <summary>Files removed between two marks in the journal: each waits for the disk, and the note of what goes grows until the next.</summary>
    internal int FilesPerMark { get; init; } = 50_000;

    public override StepDefinition Definition { get; } = new()
    {
        Id = "host.disk-cleanup",
        Title = "Unused files removed",
        Kind = StepKind.Change,
        Requires = ["preparation.backup"],
        Priority = 7,
        Deadline = TimeSpan.FromMinutes(30),
        WorkMeasure = "removable_files",
    };

    public override async Task<Check<CleanupSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (settings.Rules.Count == 0 && settings is { PackageCache: PackageCacheWay.None, Images: null })
            return Check.Skipped<CleanupSurvey>("no clean-up is configured", "Name folders under host: diskCleanup: rules.");
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var open = settings.Rules.Count == 0 ? null : OpenInodes.Look();
        var survey = new CleanupSurvey(now, [.. settings.Rules.Select(rule => FolderCleaner.Look(rule, now, open, cancellationToken))],
            await caches.LookAtPackagesAsync(settings.PackageCache, cancellationToken), await caches.LookAtImagesAsync(settings.Images, cancellationToken));
        context.Raise(CleanupFindings.Of(survey));
        foreach (var look in survey.Folders.Where(look => look.Problem is null))
        {
            var subject = CleanupWords.Subject(look.Rule);
            context.Before("removable_files", look.Files, "count", subject);
            context.Before("removable_bytes", look.Bytes, "bytes", subject);
        }
        foreach (var (mount, free) in Free(survey))
            context.Before("free_bytes", free, "bytes", mount);
        if (survey.Folders.All(look => look.Problem is not null) && survey.Packages is null or { Problem: not null } && survey.Images is null or { Problem: not null })
            return Check.Skipped<CleanupSurvey>("nothing of what is configured could be looked at", "The findings say why, one by one.");
        return CleanupWords.IsDue(survey) ? Check.Due(survey, CleanupWords.Plan(survey)) : Check.NothingToDo(survey, CleanupWords.Nothing(survey));
    }

    public override async Task<Act<CleanupEffect>> ActAsync(CleanupSurvey survey, StepContext context, CancellationToken cancellationToken)
    {
        var mark = context.Checkpoints<CleanupMark>() is [.., var last] ? last : null;
        var folder = Path.Combine(context.Folder, "host");
        RunFolder.Create(folder);
        CleanupEffect effect;
        string? problem = null;
        using (var note = RemovalNote.Open(Path.Combine(folder, "disk-cleanup.note"), new RemovalList(Path.Combine(folder, "removed.csv"), redactor), mark, survey.Folders.Count))
        {
            var before = mark?.FreeBefore ?? Free(survey).ToDictionary(one => one.Mount, one => one.Free);
            // What an attempt before left in the note is in the totals and the list by now.
            Begin(note, context, before);
            var folders = new List<FolderEffect>();
            try
            {
                for (var index = 0; index < survey.Folders.Count; index++)
                    folders.Add(Clean(survey, index, note, before, context, cancellationToken));
                Mark(note, context, before);
            }
            catch (NoteBrokenException broken)
            {
                problem = broken.Message;
            }
            var told = folders.Select((one, index) => one with { Files = note.Totals[index].Files, Bytes = note.Totals[index].Bytes, EmptyFolders = note.Totals[index].EmptyFolders }).ToList();
            var cleaned = problem is null && context.Stop.Reason is null ? await caches.CleanAsync([survey.Packages, survey.Images], cancellationToken) : [];
            effect = new CleanupEffect(told, cleaned, [.. Free(survey).Select(one => new DiskEffect(one.Mount, before.GetValueOrDefault(one.Mount, one.Free), one.Free))])
            {
                Stopped = context.Stop.Reason is not null,
                Unlisted = note.Totals.Sum(total => total.Unlisted),
            };
        }
        context.Attach(await RunFolder.DescribeAsync(context.Folder, "host/removed.csv", "text/csv", cancellationToken));
        context.Raise(CleanupFindings.Of(survey, effect));
        var summary = CleanupWords.Done(effect);
        if (problem is not null)
            return Act.Failed(effect, $"removing stopped: {problem}", "Make room for the run's folder (root:), then go on with: upkeep run --resume", UndoState.None, NoWayBack);
        if (context.Stop.Reason is { } reason)
            return Act.StoppedAfter(effect, summary, UndoState.None, NoWayBack, reason);
        File.Delete(Path.Combine(folder, "disk-cleanup.note"));
        return effect.Caches.FirstOrDefault(cache => cache.Problem is not null) is { Problem: { } words }
            ? Act.Failed(effect, words, "Run the command by hand and see what it says.", UndoState.None, NoWayBack) : Act.Done(effect, summary, UndoState.None, NoWayBack);
    }

    public override Task<Proof> VerifyAsync(CleanupSurvey survey, CleanupEffect effect, StepContext context, CancellationToken cancellationToken)
    {
        var missing = new List<string>();
        foreach (var (before, done) in survey.Folders.Zip(effect.Folders).Where(pair => pair.First.Problem is null && pair.Second.Problem is null))
        {
            var after = FolderCleaner.Look(before.Rule, survey.At, null, cancellationToken);
            context.After("removable_files", after.Files, "count", CleanupWords.Subject(before.Rule));
            context.After("removable_bytes", after.Bytes, "bytes", CleanupWords.Subject(before.Rule));
            // In use, not ours to remove, or not to be told: each was counted as it was left.
            var explained = done.Left.InUse + done.Left.Unknown + done.Left.Refused + done.Left.Unreadable + done.Left.Moved;
            if (after.Problem is { } problem)
                missing.Add(problem);
            else if (after.Files > explained)
                missing.Add($"{Counted.Of(after.Files - explained, "file")} in {before.Rule.Folder}");
        }
        foreach (var (mount, free) in Free(survey))
            context.After("free_bytes", free, "bytes", mount);
        return Task.FromResult(missing.Count == 0 ? Proof.That($"nothing that should go is left; {CleanupWords.Freed(effect)}")
            : Proof.Missing($"still there: {string.Join("; ", missing.Take(5))}", "Look who puts them there with an old time (cp -p, tar, rsync -a), then repeat."));
    }

    public override Task<Proof> UndoAsync(CleanupEffect effect, StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(Proof.Missing("Removed files can't be put back.", NoWayBack));

    private FolderEffect Clean(CleanupSurvey survey, int index, RemovalNote note, IReadOnlyDictionary<string, long> before, StepContext context, CancellationToken cancellationToken)
    {
        var look = survey.Folders[index];
        if (look.Problem is not null)
            return new FolderEffect(look.Rule.Folder, look.Rule.Pattern, 0, 0, 0, look.Left) { Problem = look.Problem };
        var total = survey.Folders.Sum(one => one.Files);
        return FolderCleaner.Remove(look.Rule, survey.At, note, index, GoOn, cancellationToken);

        bool GoOn()
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (note.Since >= FilesPerMark)
                note.BetweenPieces(MarkOnce);
            return context.Stop.Reason is null;
        }

        // Another thread may have been here just before.
        void MarkOnce()
        {
            if (note.Since < FilesPerMark)
                return;
            Mark(note, context, before);
            context.Progress(note.Totals.Sum(one => one.Files), total, "files", look.Rule.Folder);
        }
    }

    private static void Mark(RemovalNote note, StepContext context, IReadOnlyDictionary<string, long> before)
    {
        note.Close();
        Begin(note, context, before);
    }

    private static void Begin(RemovalNote note, StepContext context, IReadOnlyDictionary<string, long> before)
    {
        context.Checkpoint(new CleanupMark(note.Generation + 1, note.ListBytes, [.. note.Totals], before));
        note.Renew();
    }

    private static IEnumerable<(string Mount, long Free)> Free(CleanupSurvey survey) =>
        survey.Folders.Where(look => look.Problem is null).Select(look => look.Mount).Concat(new[] { survey.Packages, survey.Images }.Where(cache => cache?.Problem is null).Select(cache => cache?.Mount))
            .OfType<string>().Distinct(StringComparer.Ordinal).Select(mount => (mount, DiskSpace.Of(mount)?.FreeBytes ?? 0));
}
