using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>The security updates that are pending, by the archives' own labels: told, or where the configuration approves installed, those and no others.</summary>
/// <param name="past">How many were pending in earlier runs.</param>
public sealed class SecurityUpdatesStep(SecurityUpdateSettings settings, PackageTools tools, Func<IReadOnlyList<PendingPoint>> past, Redactor redactor) : ChangeStep<UpdateSurvey, UpdateEffect>
{
    private const string Evidence = "host/security-updates.csv";

    public override StepDefinition Definition { get; } = new()
    {
        Id = "host.security-updates",
        Title = "Security updates",
        Kind = settings.Apply ? StepKind.Change : StepKind.Inspect,
        Requires = settings.Apply ? ["preparation.backup"] : [],
        Priority = 3,
        WorkMeasure = settings.Apply ? "security_updates" : null,
    };

    public override async Task<Check<UpdateSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (look, problem) = await MachineLook.AtAsync(tools, cancellationToken);
        if (look is null)
            return Check.Skipped<UpdateSurvey>(problem!.What, problem.Hint);
        var view = new UpdateLook(settings, tools, look);
        var lists = await view.ListsAsync(isRun: Directory.Exists(context.Folder), cancellationToken);
        if (lists.At is null)
            return Check.Skipped<UpdateSurvey>($"apt has no lists of what its archives have ({(lists.Failed.Count > 0 ? lists.Failed[0] : lists.NotRefreshed ?? "they could not be fetched")})", "As root: apt-get update");
        var (survey, unreadable) = await view.SurveyAsync(cancellationToken);
        if (survey is null)
            return Check.Skipped<UpdateSurvey>(unreadable!.What, unreadable.Hint);
        var (applies, whyNot) = await view.AppliesAsync(cancellationToken);
        var now = tools.Time.GetUtcNow();
        context.Raise(view.Surroundings(survey, applies, whyNot));
        context.Raise(UpdateFindings.Of(lists, now, settings.ListsMaxAge));
        context.Raise(UpdateFindings.Of(survey, settings, applies));
        if (!applies)
            context.Raise(await new Aftermath(tools, look.Layout).NeedsAsync(cancellationToken));
        UpdateFigures.Measure(context, survey, past(), now);
        await context.WriteCsvAsync(Evidence, UpdateFigures.Table(survey, null), redactor, cancellationToken);
        var told = UpdateFigures.Told(survey);
        if (applies && (survey.Due.Count > 0 || survey.Interrupted is not null))
            return Check.Due(survey, $"would {(survey.Interrupted is null ? "" : "finish an installation that was broken off")}{(survey is { Interrupted: not null, Due.Count: > 0 } ? ", and " : "")}{(survey.Due.Count == 0 ? "" : $"install {Counted.Of(survey.Due.Count, "security update")}: {UpdateFigures.Names(survey.Due)}")}; {told}");
        // What isn't known is never "none".
        if (survey.Security.Count == 0 && (lists.Failed.Count > 0 || now - lists.At > settings.ListsMaxAge))
        {
            return Check.Skipped<UpdateSurvey>(lists.Failed.Count > 0 ? $"what is pending isn't known: {Counted.Of(lists.Failed.Count, "source")} could not be fetched: {lists.Failed[0]}"
                : $"what is pending isn't known: apt's lists are {Amount.Age(now - lists.At.Value)} old ({lists.NotRefreshed})", "Mend the source or the network, then as root: apt-get update");
        }
        return applies ? Check.NothingToDo(survey, told) : Check.Looked(survey, told);
    }

    public override async Task<Act<UpdateEffect>> ActAsync(UpdateSurvey survey, StepContext context, CancellationToken cancellationToken)
    {
        var (layout, problem) = await AptLayout.ReadAsync(tools, cancellationToken);
        if (layout is null)
            return Act.Failed<UpdateEffect>(null, problem!.What, problem.Hint);
        var aftermath = new Aftermath(tools, layout);
        var installation = new Installation(tools, layout, settings, context);
        var (effect, failure, stopped) = await installation.RunAsync(survey, cancellationToken);
        context.Raise(effect.Changed.Select(UpdateFindings.Of));
        context.Raise(await aftermath.KeptAsync(effect.Changed, cancellationToken));
        context.Raise(await aftermath.NeedsAsync(cancellationToken));
        await context.WriteCsvAsync(Evidence, UpdateFigures.Table(survey, effect), redactor, cancellationToken);
        if (File.Exists(installation.Log))
            await context.WriteAsync("host/apt.log", "text/plain", redactor.Clean(await File.ReadAllTextAsync(installation.Log, cancellationToken)), cancellationToken);
        var (undo, hint) = UpdateFigures.Undo(effect);
        var done = UpdateFigures.Told(effect, survey);
        return stopped is not null ? Act.StoppedAfter(effect, done, undo, hint, stopped)
            : failure is not null ? Act.Failed(effect.Changed.Count == 0 ? null : effect, failure.What, failure.Hint, undo, hint)
            : Act.Done(effect, done, undo, hint);
    }

    public override async Task<Proof> VerifyAsync(UpdateSurvey survey, UpdateEffect effect, StepContext context, CancellationToken cancellationToken)
    {
        var (look, problem) = await MachineLook.AtAsync(tools, cancellationToken);
        if (look is null)
            return Proof.Missing(problem!.What, problem.Hint);
        var wrong = effect.Changed.Where(package => look.Installed.GetValueOrDefault(package.Package) is not { IsWhole: true } now || now.Version != package.To)
            .Select(package => $"{package.Package} is {look.Installed.GetValueOrDefault(package.Package) switch { null => "gone", var now => $"{now.Version} ({now.Status})" }} and not {package.To}").ToList();
        if (wrong.Count > 0 || look.Interrupted is not null)
            return Proof.Missing(string.Join("; ", wrong.Take(5).Append(look.Interrupted).OfType<string>()), "See host/apt.log in the run's folder, and as root: dpkg --audit");
        var others = UpdateFigures.ChangedBesides(survey, effect, look.Installed);
        if (others.Count > 0)
            context.Raise(Severity.Warning, "updates-others-changed", $"Besides, {Counted.Of(others.Count, "package")} changed meanwhile, which this step did not ask for: {string.Join(", ", others.Take(8))}.", null, "Who installs here too? See /var/log/apt/history.log.");
        var (after, unreadable) = await new UpdateLook(settings, tools, look).SurveyAsync(cancellationToken);
        if (after is null)
            return Proof.Missing(unreadable!.What, unreadable.Hint);
        context.After("security_updates", after.Security.Count, "count");
        context.After("other_updates", after.Others, "count");
        return Proof.That($"dpkg has {Counted.Of(effect.Changed.Count, "package")} at the version that was asked for, {(others.Count == 0 ? "and every other as it was" : "others changed meanwhile")}; {Counted.Of(after.Security.Count, "security update")} left");
    }

    public override async Task<UpdateEffect?> RecoverAsync(UpdateSurvey survey, StepContext context, CancellationToken cancellationToken)
    {
        var (layout, _) = await AptLayout.ReadAsync(tools, cancellationToken);
        if (layout is null || context.Checkpoints<UpdateProgress>() is not { Count: > 0 } progress)
            return null;
        // apt may go on without us.
        await PackageLock.WaitAsync(PackageLock.OfInstallation(layout), settings.LockWait, tools.Time, static _ => { }, cancellationToken);
        return await Installation.EffectAsync(tools, layout, survey, progress, cancellationToken) is { Changed.Count: > 0 } effect ? effect : null;
    }

    public override async Task<Proof> UndoAsync(UpdateEffect effect, StepContext context, CancellationToken cancellationToken)
    {
        var (layout, problem) = await AptLayout.ReadAsync(tools, cancellationToken);
        return layout is null ? Proof.Missing(problem!.What, problem.Hint) : await new WayBack(tools, layout, context).TakeAsync(effect, settings.LockWait, cancellationToken);
    }
}
