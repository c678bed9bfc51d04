using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Postgres;
using Upkeep.Postgres.Load;
using Upkeep.Running;

namespace Upkeep.Database.Retention;

/// <summary>Removes rows that are too old, archived first and gently; used for old records and for expired login sessions.</summary>
public sealed class RetentionStep(StepDefinition definition, RetentionRules rules, ThrottleSettings throttling, DatabaseDoor database, TimeProvider time)
    : ChangeStep<RetentionSurvey, RetentionEffect>
{
    // Output of rows keeps one server process busy for about as long as removing them does, so two together use what one leaves idle.
    private const int UnthrottledLanes = 2;

    // Too few rows to be worth a second session.
    private const long OneLane = 50_000;

    public override StepDefinition Definition => definition;

    public override async Task<Check<RetentionSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (rules.Rules.Count == 0)
            return Check.Skipped<RetentionSurvey>("the configuration names no rule", "Add rules to it; upkeep init proposes some.");
        await using var session = await database.OpenAsync(cancellationToken);
        var now = await RetentionClock.NowAsync(session, time, context, cancellationToken);
        var survey = await new Surveyor(session, rules, now, context).LookAsync(cancellationToken);
        return RetentionVerdict.Of(survey, rules.Archive, context);
    }

    public override async Task<Act<RetentionEffect>> ActAsync(RetentionSurvey survey, StepContext context, CancellationToken cancellationToken)
    {
        await using var probe = new LoadProbe(database, time);
        using var throttle = new Throttle(throttling, probe.SampleAsync, time);
        await using var watch = new WaiterWatch(database, time);
        await throttle.WarmUpAsync(context.Stop, cancellationToken);
        if (throttling.Enabled && probe.Blind is { } blind)
            context.Raise(Severity.Info, "throttle-blind", $"The throttle sees latency only: {blind}.");

        var effects = new List<LeafEffect>();
        LaneEnd? ended = null;
        foreach (var leaf in RuleOrder.Of(survey))
        {
            var purge = Purge(leaf, throttle, watch, context);
            if (ended is null)
            {
                var (effect, end) = await purge.RunAsync(cancellationToken);
                effects.Add(effect);
                ended = end.Verdict is LaneVerdict.Stopped or LaneVerdict.Fatal ? end : null;
            }
            else if (await purge.RecoverAsync(cancellationToken) is { } earlier)
            {
                effects.Add(earlier);
            }
        }
        return RetentionVerdict.Of(new RetentionEffect { Archived = rules.Archive, Leaves = effects }, ended, context);
    }

    public override async Task<Proof> VerifyAsync(RetentionSurvey survey, RetentionEffect effect, StepContext context, CancellationToken cancellationToken) =>
        await new RetentionProof(database, context).OfAsync(survey, effect, cancellationToken);

    public override async Task<RetentionEffect?> RecoverAsync(RetentionSurvey survey, StepContext context, CancellationToken cancellationToken)
    {
        using var throttle = new Throttle(throttling, _ => Task.FromResult(new LoadSample()), time);
        await using var watch = new WaiterWatch(database, time);
        var effects = new List<LeafEffect>();
        foreach (var leaf in RuleOrder.Of(survey))
        {
            if (await Purge(leaf, throttle, watch, context).RecoverAsync(cancellationToken) is { } effect)
                effects.Add(effect);
        }
        return effects.Count == 0 ? null : new RetentionEffect { Archived = rules.Archive, Leaves = effects };
    }

    public override async Task<Proof> UndoAsync(RetentionEffect effect, StepContext context, CancellationToken cancellationToken)
    {
        if (!effect.Archived)
            return Proof.Missing("the rows were not archived (retention.archive: false)", "Only a full restore from the backup brings them back.");
        // Rows that others refer to were removed last, so they go back first.
        var restored = new List<RestoreResult>();
        foreach (var leaf in effect.Leaves.Where(leaf => leaf.Manifest is not null).Reverse())
            restored.Add(await new Restorer(database, leaf, context, time).RunAsync(cancellationToken) with { Archive = Path.GetDirectoryName(Path.Combine(context.Folder, leaf.Manifest!)) });
        return RestoreResult.Prove(restored, context.Stop);
    }

    private TablePurge Purge(LeafSurvey leaf, Throttle throttle, WaiterWatch watch, StepContext context) => new(
        new PurgeFrame(leaf, database, throttle, watch, time) { Patience = throttling.Patience }, rules,
        throttling.Enabled || leaf.Total < OneLane ? 1 : UnthrottledLanes, context);
}
