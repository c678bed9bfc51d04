using System.Globalization;
using Upkeep.Backups;
using Upkeep.Configuration;
using Upkeep.Health;
using Upkeep.Http;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Postgres;
using Upkeep.Processes;
using Upkeep.Rollback.Services;
using Upkeep.Rollback.Swapping;
using Upkeep.Running;

namespace Upkeep.Rollback.Full;

/// <summary>
/// The whole database from the run's backup: restored beside the live one, proven there, swapped in by rename; the replaced one is kept, and
/// going back to it is this step's undo. Not part of a run's plan: <c>upkeep rollback --full</c> carries it out under the run's id.
/// </summary>
public sealed class FullRollbackStep(DatabaseDoor database, ProgramDoor programs, HttpDoor http, UpkeepConfiguration configuration, TimeProvider time)
    : ChangeStep<FullRollbackSurvey, FullRollbackEffect>
{
    public const string Id = "rollback.full";

    /// <inheritdoc cref="Swapper.Aside"/>
    public Func<Func<Task>, CancellationToken, Task> Aside { get; init; } = static (work, _) => work();

    /// <summary>Called as soon as the restored database is live, before services are started: for whoever wants to see it as nobody has touched it.</summary>
    public Func<CancellationToken, Task> OnSwapped { get; init; } = static _ => Task.CompletedTask;

    public override StepDefinition Definition { get; } = new()
    {
        Id = Id,
        Title = "The whole database from its backup",
        Kind = StepKind.Change,
        Priority = 1,
        Deadline = TimeSpan.FromDays(1),
    };

    private ServiceSet Services { get; } = new([.. configuration.Rollback.Services.Select(service => Service.Of(service, programs, time))]);

    public override async Task<Check<FullRollbackSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (running, unknown) = await Services.RunningAsync(cancellationToken);
        if (unknown is not null)
            return Check.Refused<FullRollbackSurvey>(null, $"{unknown.What} A database isn't swapped under a service that may be at work.", unknown.Hint);
        await using var doors = Doors();
        return await new FullRollbackCheck(doors, configuration, time).CheckAsync(running, context, cancellationToken);
    }

    public override async Task<Act<FullRollbackEffect>> ActAsync(FullRollbackSurvey survey, StepContext context, CancellationToken cancellationToken)
    {
        await using var doors = Doors();
        var act = new FullRollbackAct(doors, programs, configuration, Services, time) { Swapper = Swapping(doors), OnSwapped = OnSwapped };
        return await act.RunAsync(survey, context, cancellationToken);
    }

    public override async Task<Proof> VerifyAsync(FullRollbackSurvey survey, FullRollbackEffect effect, StepContext context, CancellationToken cancellationToken)
    {
        await using var doors = Doors();
        if ((await DatabaseNames.ReadAsync(doors.Maintenance, cancellationToken)).Of(effect.Database) != effect.RestoredOid)
            return Proof.Missing($"{effect.Database} is not the database that was restored from {effect.Backup}.", $"Somebody renamed databases since. Look: psql -l; and see {effect.Replaced}.");
        if (await LackingTablesAsync(effect, cancellationToken) is { Count: > 0 } lacking)
            return Proof.Missing($"The restored database lacks {string.Join(", ", lacking.Take(5))}.", $"Go back with: upkeep rollback {context.Run} --back");
        var (running, unknown) = await Services.RunningAsync(cancellationToken);
        var stopped = survey.Running.Except(running).ToList();
        if (stopped.Count > 0)
            return Proof.Missing($"The restored database is live, and {string.Join(", ", stopped)} {(stopped.Count == 1 ? "doesn't" : "don't")} run.{(unknown is null ? "" : $" {unknown.What}")}", $"Start by hand, or look into the log of each; then again: upkeep rollback {context.Run} --full");
        return await HealthyAsync(context, cancellationToken);
    }

    /// <summary>An interrupted attempt can be gone back from whatever it had come to; the names tell which.</summary>
    public override Task<FullRollbackEffect?> RecoverAsync(FullRollbackSurvey survey, StepContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(survey);
        ArgumentNullException.ThrowIfNull(context);
        var past = RollbackPast.Of(context.Checkpoints<RollbackCheckpoint>());
        return Task.FromResult<FullRollbackEffect?>(FullRollbackAct.Effect(survey, past));
    }

    public override async Task<Proof> UndoAsync(FullRollbackEffect effect, StepContext context, CancellationToken cancellationToken)
    {
        await using var doors = Doors();
        return await new GoingBack(doors, configuration, Services, time) { Swapper = Swapping(doors) }.RunAsync(effect, context, cancellationToken);
    }

    /// <summary>Why there is no way back from a rollback that came to its end, or null where there is one, or only trying tells.</summary>
    /// <param name="ofStep">The step's facts.</param>
    public async Task<Problem?> NoWayBackAsync(IReadOnlyList<JournalEntry> ofStep, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ofStep);
        if (ofStep.Select(entry => entry.Fact).OfType<StepActed>().LastOrDefault() is not { } acted || JournalJson.FromElement<FullRollbackEffect>(acted.Effect) is not { RestoredOid: { } restored } effect)
            return null;
        await using var doors = Doors();
        // A swap of an attempt to go back may still be under way.
        await Swapping(doors).SettleAsync(RollbackPast.Of(StepCheckpoints.OfUndo<RollbackCheckpoint>(ofStep)).Xids, cancellationToken);
        var names = await DatabaseNames.ReadAsync(doors.Maintenance, cancellationToken);
        return names.Of(effect.Database) == restored && names.NameOf(effect.ReplacedOid) is null
            ? new Problem($"The replaced database {effect.Replaced} is gone, so there is nothing to go back to. {effect.Database} stays as {effect.Backup} has it; nothing was changed.",
                "Another state of it may be in a later backup: upkeep backup list")
            : null;
    }

    /// <summary>Whether the restored database bears the platform's name already, by the checkpoints of an attempt that came to no end.</summary>
    /// <param name="ofStep">The step's facts.</param>
    public async Task<bool> IsSwappedInAsync(IReadOnlyList<JournalEntry> ofStep, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ofStep);
        var past = RollbackPast.Of(StepCheckpoints.OfAct<RollbackCheckpoint>(ofStep));
        if (past.MadeOid is null)
            return false;
        await using var doors = Doors();
        await Swapping(doors).SettleAsync(past.Xids, cancellationToken);
        return (await DatabaseNames.ReadAsync(doors.Maintenance, cancellationToken)).Of(doors.Name) == past.MadeOid;
    }

    private RollbackDoors Doors() => new(database, configuration.Rollback.MaintenanceDatabase);

    private Swapper Swapping(RollbackDoors doors) => new(doors, time) { Aside = Aside };

    private async Task<List<string>> LackingTablesAsync(FullRollbackEffect effect, CancellationToken cancellationToken)
    {
        var manifest = await new BackupStore(configuration.Backup.Folder).ReadManifestAsync(effect.Backup, cancellationToken);
        var there = (await database.QueryAsync("select n.nspname::text, c.relname::text from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r'",
            row => new TableName(row.GetString(0), row.GetString(1)), cancellationToken)).ToHashSet();
        return [.. (manifest?.Content.Tables ?? []).Select(table => table.Table()).Where(table => !there.Contains(table)).Select(table => table.ToString())];
    }

    private async Task<Proof> HealthyAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (health, unreachable) = await new HealthLook(configuration, database, http).LookAsync(context, cancellationToken);
        if (unreachable is not null)
            return Proof.Missing(unreachable.Message, unreachable.Hint);
        HealthMeasures.Of(health, context.After);
        foreach (var finding in HealthFindings.Of(health, configuration).Where(finding => finding.Severity != Severity.Info))
            context.Raise(finding.Severity, finding.Code, finding.Message, finding.Subject, finding.Hint);
        return Proof.That(string.Create(CultureInfo.InvariantCulture, $"emergency health check: {HealthSummary.Of(health)}"));
    }
}
