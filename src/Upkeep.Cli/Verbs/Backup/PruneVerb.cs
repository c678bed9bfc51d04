using System.CommandLine;
using Upkeep.Backups.Pruning;
using Upkeep.Cli.Output;
using Upkeep.Maintenance;
using Upkeep.Reports;

namespace Upkeep.Cli.Verbs.Backup;

/// <summary><c>upkeep backup prune</c>: removes the backups that may expire, and says of each why it stays or goes.</summary>
internal static class PruneVerb
{
    public static Command Create(VerbHost host)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what stays and what would go, and why; change nothing." };
        var command = new Command("prune", "Removes the backups that backup: keep lets expire, none before a newer one was proven to restore.") { dryRun };
        host.On(command, async (parsed, context, cancellationToken) =>
        {
            await using var composition = Composition.Load(context);
            context.Interrupts.StopGently("The backup being removed goes whole; go on with the same command.");
            var outcome = await RunAudience.For(context.Output, null, context.Time).ShowAsync(tell =>
                new BackupPruning(composition.Platform, tell).RunAsync(parsed.GetValue(dryRun), context.Interrupts.Stop, cancellationToken));
            return outcome switch
            {
                PruneOutcome.Decided decided => Answer(decided, context.Output, context.Interrupts.Stop.IsRequested),
                PruneOutcome.Locked { By: var by } => throw new CommandException(ExitStatus.Locked, $"Not started: the lock is held by {by.Holder}.", by.Hint),
                _ => throw new InvalidOperationException($"{outcome.GetType().Name} has no exit status."),
            };
        });
        return command;
    }

    private static ExitStatus Answer(PruneOutcome.Decided decided, CommandOutput output, bool stopped)
    {
        if (output.IsJson)
            output.Json(PruneDocument.Of(decided));
        else
            Write(decided, output);
        return decided.Removed.Any(one => one.Problem is not null) ? ExitStatus.Failed
            : stopped && decided.Removed.Count(one => !one.IsLeftover) < decided.Decision.Expire.Count ? ExitStatus.Stopped
            : ExitStatus.Success;
    }

    private static void Write(PruneOutcome.Decided decided, CommandOutput output)
    {
        foreach (var verdict in decided.Decision.Keep)
            output.Line($"keep    {verdict.Backup.Name}: {string.Join(", ", verdict.Reasons)}");
        foreach (var leftover in decided.LeftAlone)
            output.Line($"keep    {Path.GetFileName(leftover.Folder)}: somebody may still be writing it; nothing proves that they are gone");
        foreach (var one in decided.Removed)
        {
            var what = one.Problem is null ? decided.DryRun ? "expire " : "removed" : "failed ";
            output.Line($"{what} {(one.IsLeftover ? $"what was left of {one.Name}" : one.Name)}: {one.Problem?.What ?? one.Why}");
            if (one.Problem?.Hint is { } hint)
                output.Line($"  hint: {hint}");
        }
        var gone = decided.Removed.Count(one => one.Problem is null);
        output.Line(decided.DryRun ? $"{Counted.Of(decided.Decision.Keep.Count, "backup")} would stay and {gone} would go. Nothing was changed." : $"{Counted.Of(decided.Decision.Keep.Count, "backup")} kept, {gone} removed.");
    }
}

/// <summary>What stays and what goes, as JSON.</summary>
internal sealed record PruneDocument(int Schema, bool DryRun, IReadOnlyList<KeptDocument> Keep, IReadOnlyList<PrunedDocument> Expire)
{
    public static PruneDocument Of(PruneOutcome.Decided decided) => new(1, decided.DryRun,
        [.. decided.Decision.Keep.Select(Of), .. decided.LeftAlone.Select(leftover => new KeptDocument(Path.GetFileName(leftover.Folder), ["nothing proves that nobody is writing it"]))],
        [.. decided.Removed.Select(one => new PrunedDocument(one.Name, one.IsLeftover, one.Why, !decided.DryRun && one.Problem is null, one.Problem?.What, one.Problem?.Hint))]);

    private static KeptDocument Of(PruneVerdict verdict) => new(verdict.Backup.Name, verdict.Reasons);
}

internal sealed record KeptDocument(string Name, IReadOnlyList<string> Reasons);

/// <param name="Leftover">True for what a cut-off attempt or removal left.</param>
internal sealed record PrunedDocument(string Name, bool Leftover, string Reason, bool Removed, string? Problem, string? Hint);
