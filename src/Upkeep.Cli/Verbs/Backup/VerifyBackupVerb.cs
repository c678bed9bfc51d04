using System.CommandLine;
using System.Globalization;
using Upkeep.Backups.Restoring;
using Upkeep.Cli.Output;
using Upkeep.Maintenance;
using Upkeep.Running;

namespace Upkeep.Cli.Verbs.Backup;

/// <summary><c>upkeep backup verify</c>: restores a backup on a scratch server and proves it, or only checks its files.</summary>
internal static class VerifyBackupVerb
{
    public static Command Create(VerbHost host)
    {
        var backup = ChosenBackup.Argument("A backup of the store by its name, or any file or folder (default: the newest of the store).", ArgumentArity.ZeroOrOne);
        var checksums = new Option<bool>("--checksums") { Description = "Only compare the files with their checksums; nothing is restored." };
        var command = new Command("verify", "Restores a backup on a scratch server and proves it row for row.") { backup, checksums };
        host.On(command, async (parsed, context, cancellationToken) =>
        {
            await using var composition = Composition.Load(context);
            var chosen = await ChosenBackup.FindAsync(composition.Platform, parsed.GetValue(backup), cancellationToken);
            return parsed.GetValue(checksums)
                ? await ChecksumsAsync(composition.Platform, chosen, context.Output, cancellationToken)
                : await RestoreAsync(composition.Platform, chosen, context.Output, cancellationToken);
        });
        return command;
    }

    private static async Task<ExitStatus> ChecksumsAsync(Platform platform, ChosenBackup chosen, CommandOutput output, CancellationToken cancellationToken)
    {
        if (chosen.Own?.Manifest is not { } manifest)
            throw new CommandException(ExitStatus.Usage, $"{chosen.Name} has no manifest with checksums.", "Leave --checksums out: it is read to its end and restored.");
        var damage = await Tester(platform).ChecksumsAsync(manifest, cancellationToken);
        if (output.IsJson)
            output.Json(new { schema = 1, backup = chosen.Name, files = manifest.Files.Count, holds = damage is null, problem = damage?.What, hint = damage?.Hint });
        else if (damage is null)
            output.Line(string.Create(CultureInfo.InvariantCulture, $"{chosen.Name}: {manifest.Files.Count} files are what was written. Whether they restore is another question: upkeep backup verify {chosen.Name}"));
        else
            Tell(damage, output);
        return damage is null ? ExitStatus.Success : ExitStatus.Failed;
    }

    private static async Task<ExitStatus> RestoreAsync(Platform platform, ChosenBackup chosen, CommandOutput output, CancellationToken cancellationToken)
    {
        var tester = Tester(platform);
        foreach (var left in await tester.Scratch.SweepAsync(cancellationToken))
            output.Notice($"A scratch server that a killed upkeep had left in {left} was removed.");
        var progress = new SteppedProgress(output);
        var test = chosen.Own is { } own
            ? await tester.TestAsync(own, progress.Moved, cancellationToken)
            : await tester.TestAsync(chosen.Path!, progress.Moved, cancellationToken);
        await using var copy = test.Copy;
        if (output.IsJson)
            output.Json(Document(chosen, test));
        else if (test is { Proven: { } proven, Copy: { } restored })
            Tell(chosen, proven, restored.Took, output);
        else
            Tell(test.Problem!, output);
        return test.Proven is not { Holds: true } held ? ExitStatus.Failed
            : held.Findings.NotProven.Count > 0 ? ExitStatus.Attention
            : ExitStatus.Success;
    }

    private static RestoreTester Tester(Platform platform) =>
        new(platform.Doors.Database, platform.Doors.Programs, platform.Configuration.Backup, platform.Configuration.Root, platform.Doors.Time);

    private static object Document(ChosenBackup chosen, RestoreTest test) => new
    {
        schema = 1, backup = chosen.Name, holds = test.Proven?.Holds ?? false, compared = test.Proven?.Compared ?? false, problem = test.Problem?.What, hint = test.Problem?.Hint,
        foreign = test.Look is { Backup: var found } ? new { found.Path, format = found.Format.ToString().ToLowerInvariant(), compression = found.Compression.ToString().ToLowerInvariant(), state = found.State.ToString().ToLowerInvariant(), found.Bytes, found.At, found.Detail } : null, recoverySeconds = test.Copy?.Took.TotalSeconds, problems = test.Proven?.Findings.Problems, notProven = test.Proven?.Findings.NotProven,
        notCovered = test.Proven?.Findings.Limits, serverVersion = test.Proven?.ServerVersion, bytes = test.Proven?.Bytes, rows = test.Proven?.Rows,
        phases = test.Proven?.Phases.Select(phase => new { name = phase.Name, seconds = phase.Took.TotalSeconds }), tables = test.Proven?.Tables, probes = test.Proven?.Probes,
    };

    private static void Tell(ChosenBackup chosen, ProvenRestore proven, TimeSpan took, CommandOutput output)
    {
        output.Line(string.Create(CultureInfo.InvariantCulture,
            $"{chosen.Name}: restored in {took.TotalSeconds:0.0} s on PostgreSQL {proven.ServerVersion}: {proven.Rows:N0} rows, {proven.Tables.Count} tables, {Amount.Bytes(proven.Bytes)}"));
        foreach (var phase in proven.Phases)
            output.Line(string.Create(CultureInfo.InvariantCulture, $"  {phase.Took.TotalSeconds,7:0.0} s  {phase.Name}"));
        foreach (var problem in proven.Findings.Problems)
            output.Line($"  wrong: {problem}");
        foreach (var open in proven.Findings.NotProven)
            output.Line($"  not proven: {open}");
        foreach (var limit in proven.Findings.Limits)
            output.Line($"  no digest speaks for {limit}");
        output.Line(!proven.Holds ? "The proof does not hold." : !proven.Compared ? "It restores, and that it is equal is not proven: see above. No older backup expires for it." : proven.Findings.NotProven.Count > 0 ? "What could be compared is equal." : "Proven: every row, index and constraint is as it was.");
    }

    private static void Tell(Problem problem, CommandOutput output)
    {
        output.Line(problem.What);
        if (problem.Hint is { } hint)
            output.Line($"  hint: {hint}");
    }
}
