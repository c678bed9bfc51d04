using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Running;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>
/// Installs updates: those and no others, at those versions and no others, some at a time. May be killed at any instant: what is installed is
/// asked of dpkg, and never remembered.
/// </summary>
internal sealed class Installation(PackageTools tools, AptLayout layout, SecurityUpdateSettings settings, StepContext context)
{
    // The context has those of earlier attempts only.
    private readonly List<UpdateProgress> _begun = [];
    // Refused since the survey: told once, and not tried again.
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private List<KeptPackage> _kept = [];

    /// <summary>The raw output of apt and dpkg.</summary>
    public string Log => Path.Combine(context.Folder, "host", "apt.log");

    /// <returns>What is changed now, by this attempt and those before; and why it came to no good end, or null.</returns>
    public async Task<(UpdateEffect Effect, Problem? Problem, string? Stopped)> RunAsync(UpdateSurvey survey, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Log)!, Files.RunFolder.OwnerOnlyFolder);
        var earlier = context.Checkpoints<UpdateProgress>();
        _kept = [.. earlier.SelectMany(progress => progress.Kept).DistinctBy(kept => kept.Package)];
        if (await WaitAsync(cancellationToken) is { } locked)
            return context.Stop.Reason is { } stop ? (await EffectAsync(survey, cancellationToken), null, stop) : (await EffectAsync(survey, cancellationToken), locked, null);
        if (await FinishInterruptedAsync(cancellationToken) is { } broken)
            return (await EffectAsync(survey, cancellationToken), broken, null);
        var (left, problem) = await LeftAsync(survey, cancellationToken);
        while (problem is null && left.Count > 0)
        {
            if (context.Stop.Reason is { } reason)
                return (await EffectAsync(survey, cancellationToken), null, reason);
            var some = left.Take(settings.Batch).ToList();
            problem = await InstallAsync(some, left, cancellationToken);
            (left, var unreadable) = await LeftAsync(survey, cancellationToken);
            problem ??= unreadable ?? (some.Any(update => left.Contains(update)) ? new Problem($"apt ended well, and {some.First(left.Contains).Package} is as it was", $"See {Log}") : null);
            context.Progress(survey.Due.Count - left.Count, survey.Due.Count, "packages");
        }
        return (await EffectAsync(survey, cancellationToken), problem, null);
    }

    /// <summary>What the survey's updates have come to, by dpkg's database.</summary>
    public static async Task<UpdateEffect> EffectAsync(PackageTools tools, AptLayout layout, UpdateSurvey survey, IReadOnlyList<UpdateProgress> progress, CancellationToken cancellationToken)
    {
        var (installed, _) = await InstalledPackages.ReadAsync(tools, layout, cancellationToken);
        var begun = progress.SelectMany(one => one.Begun).ToHashSet(StringComparer.Ordinal);
        var kept = progress.SelectMany(one => one.Kept).GroupBy(one => one.Package).ToDictionary(one => one.Key, one => one.Last());
        return new UpdateEffect(
        [
            .. survey.Due.Where(update => begun.Contains(update.Package) && (installed?.GetValueOrDefault(update.Package) is not { IsWhole: true } now || now.Version != update.From))
                .Select(update => new ChangedPackage(update.Package, update.From, update.To, update.Archive, kept.GetValueOrDefault(update.Package))
                {
                    Unfinished = installed?.GetValueOrDefault(update.Package) switch { null => "gone", { IsWhole: true } now when now.Version == update.To => null, var now => $"{now.Version}, {now.Status}" },
                }),
        ]);
    }

    private Task<UpdateEffect> EffectAsync(UpdateSurvey survey, CancellationToken cancellationToken) =>
        EffectAsync(tools, layout, survey, [.. context.Checkpoints<UpdateProgress>(), .. _begun], cancellationToken);

    private async Task<Problem?> WaitAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, context.Stop.Token);
        try
        {
            var holder = await PackageLock.WaitAsync(PackageLock.OfInstallation(layout), settings.LockWait, tools.Time, who => context.Progress(0, null, "packages", $"waiting for {who}"), either.Token);
            return holder is null ? null : new Problem($"not done: {holder} held {holder.File} for all of the {Amount.Duration(settings.LockWait)} that were waited", "Let it end (it is installing, too), then: upkeep run --resume. host.securityUpdates.lockWait says how long to wait. Never remove the lock's file.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Problem($"not done: stopped while waiting for {PackageLock.Holder(PackageLock.OfInstallation(layout))?.ToString() ?? "a lock"}", "Go on with: upkeep run --resume");
        }
    }

    private async Task<Problem?> FinishInterruptedAsync(CancellationToken cancellationToken)
    {
        var (installed, unreadable) = await InstalledPackages.ReadAsync(tools, layout, cancellationToken);
        if (unreadable is not null || DpkgState.Interrupted(layout, installed!) is not { } interrupted)
            return unreadable;
        if (await DpkgState.FinishAsync(tools, layout, Log, cancellationToken) is { } still)
            return still;
        context.Raise(Severity.Info, "updates-interrupted-finished", $"An installation had been broken off ({interrupted}); dpkg has finished it.");
        return null;
    }

    private async Task<(List<PendingUpdate> Left, Problem? Problem)> LeftAsync(UpdateSurvey survey, CancellationToken cancellationToken)
    {
        var (installed, unreadable) = await InstalledPackages.ReadAsync(tools, layout, cancellationToken);
        return unreadable is not null ? ([], unreadable)
            : ([.. survey.Due.Where(update => !_refused.Contains(update.Package) && installed!.GetValueOrDefault(update.Package) is { } now && now.Version == update.From)], null);
    }

    private async Task<Problem?> InstallAsync(List<PendingUpdate> some, List<PendingUpdate> all, CancellationToken cancellationToken)
    {
        // Since the survey somebody may have held, removed or installed something.
        var (fit, refused) = await Simulation.FitAsync(tools, some, cancellationToken);
        if (refused.Count > 0 && all.Count > some.Count)
            (fit, refused) = await Simulation.FitAsync(tools, all, cancellationToken);
        await KeepAsync(fit, cancellationToken);
        refused = [.. refused, .. fit.Select(WithoutWayBack).OfType<PendingUpdate>()];
        fit = [.. fit.Where(update => refused.All(one => one.Package != update.Package))];
        foreach (var update in refused)
        {
            _refused.Add(update.Package);
            context.Raise([UpdateFindings.Of(update)]);
        }
        if (fit.Count == 0)
            return null;
        var targets = fit.Select(update => update.Target).ToList();
        // Whatever can't be fetched is found out before anything is changed.
        var fetched = await tools.ChangeAsync(Log, Command(settings, ["--download-only", .. targets]), cancellationToken);
        if (fetched.ExitCode != 0)
            return new Problem($"not done: the packages can't be fetched: {AptLog.Told(Log, fetched)}", "Nothing of them was changed. Once the archive can be reached: upkeep run --resume");
        Begin(new UpdateProgress([], [.. fit.Select(update => update.Package)]));
        var done = await tools.ChangeAsync(Log, Command(settings, targets), cancellationToken);
        return done.ExitCode == 0 ? null : new Problem($"apt could not install {string.Join(", ", targets.Take(5))}{(targets.Count > 5 ? ", …" : "")}: {AptLog.Told(Log, done)}",
            $"See {Log}. Mend what it names, then: upkeep run --resume; or take it back: upkeep rollback {context.Run} --step {context.Step.Id}");
    }

    /// <summary>The whole command of an installation, without what is to be installed.</summary>
    public static IReadOnlyList<string> Command(SecurityUpdateSettings settings, IReadOnlyList<string> what) =>
        ["apt-get", "install", "--no-remove", .. Simulation.Options, "-o", FormattableString.Invariant($"DPkg::Lock::Timeout={(int)settings.LockWait.TotalSeconds}"), .. what];

    private async Task KeepAsync(IReadOnlyList<PendingUpdate> updates, CancellationToken cancellationToken)
    {
        var known = _kept.Where(kept => OldPackages.IsWhole(context.Folder, kept)).Select(kept => kept.Package).ToHashSet(StringComparer.Ordinal);
        var now = await new OldPackages(tools, layout, context.Folder).KeepAsync([.. updates.Where(update => !known.Contains(update.Package))], cancellationToken);
        foreach (var kept in now)
            context.Attach(new Artifact(kept.File, "application/vnd.debian.binary-package", kept.Sha256, kept.Bytes));
        _kept = [.. _kept.Where(kept => known.Contains(kept.Package)), .. now];
        Begin(new UpdateProgress(now, []));
    }

    // What no archive has any more can't be helped, unless the configuration insists; what was to be had and isn't now may be had the next time.
    private PendingUpdate? WithoutWayBack(PendingUpdate update) => HasWayBack(update) ? null
        : update.OldIsToBeHad ? update with { State = UpdateState.Refused, Why = "its old version could not be fetched now, and without it there is no way back" }
        : settings.RequireWayBack ? update with { State = UpdateState.Refused, Why = "its old version can't be kept for the way back (requireWayBack)" } : null;

    private bool HasWayBack(PendingUpdate update) => _kept.Any(kept => kept.Package == update.Package && kept.Version == update.From);

    private void Begin(UpdateProgress progress)
    {
        context.Checkpoint(progress);
        _begun.Add(progress);
    }
}
