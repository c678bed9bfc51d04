using Upkeep.Planning;
using Upkeep.Running;

namespace Upkeep.CrashHost;

/// <summary>What a look at a folder of lines saw.</summary>
public sealed record Lines(IReadOnlyList<string> All);

/// <summary>Counts the lines of the source: an inspection.</summary>
public sealed class CountStep(string source, string id, bool gate) : InspectStep<Lines>
{
    public override StepDefinition Definition { get; } = new() { Id = id, Title = "Lines counted", Kind = StepKind.Inspect, IsGate = gate };

    public override async Task<Check<Lines>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        var lines = await File.ReadAllLinesAsync(source, cancellationToken);
        return lines.Length > 1_000_000 ? Check.Refused<Lines>(null, "too many lines") : Check.Looked(new Lines(lines), "counted");
    }
}

/// <summary>How many lines were moved, in how many archives.</summary>
public sealed record Moved(int Count, int Archives);

/// <summary>A batch that is safely done.</summary>
public sealed record BatchDone(int Number);

/// <summary>Moves lines from a source into archives, batch by batch: archive, remove, checkpoint, in this order, each whole or not at all.</summary>
public sealed class MoveStep(string source, string archives, string id, Death death) : ChangeStep<Lines, Moved>
{
    private const int BatchSize = 4;

    public override StepDefinition Definition { get; } = new() { Id = id, Title = "Lines moved", Kind = StepKind.Change };

    public override async Task<Check<Lines>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        var lines = await File.ReadAllLinesAsync(source, cancellationToken);
        context.Before("lines", lines.Length, "rows", id);
        if (lines.Length > 9)
            context.Raise(Journal.Severity.Warning, "many-lines", $"{lines.Length} lines", id);
        return lines.Length == 0 ? Check.NothingToDo(new Lines([]), "empty") : Check.Due(new Lines(lines), $"{lines.Length} lines to move");
    }

    public override Task<Act<Moved>> ActAsync(Lines survey, StepContext context, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(archives);
        var batches = survey.All.Chunk(BatchSize).ToList();
        for (var number = context.Checkpoints<BatchDone>().Count; number < batches.Count; number++)
        {
            Replace(Archive(number), batches[number]);
            Replace(source, File.ReadAllLines(source).Except(batches[number]));
            context.Checkpoint(new BatchDone(number));
            if (context.Stop.IsRequested && number + 1 < batches.Count)
                return Task.FromResult(Act.StoppedAfter(new Moved((number + 1) * BatchSize, number + 1), "stopped", Journal.UndoState.Available, "put them back", context.Stop.Reason!));
        }
        return Task.FromResult(Act.Done(new Moved(survey.All.Count, batches.Count), $"{survey.All.Count} moved", Journal.UndoState.Available, "put them back"));
    }

    public override Task<Proof> VerifyAsync(Lines survey, Moved effect, StepContext context, CancellationToken cancellationToken)
    {
        List<string> archived = [.. Directory.GetFiles(archives, "*.txt").Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines)];
        context.After("lines", File.ReadAllLines(source).Length, "rows", id);
        return Task.FromResult(archived.SequenceEqual(survey.All) && File.ReadAllLines(source).Length == 0
            ? Proof.That($"{archived.Count} in archives, none left") : Proof.Missing($"{archived.Count} lines archived of {survey.All.Count}"));
    }

    public override Task<Moved?> RecoverAsync(Lines survey, StepContext context, CancellationToken cancellationToken) =>
        // A batch may be archived and removed without its checkpoint: one more than is known is put back, which does no harm.
        Task.FromResult<Moved?>(new Moved(survey.All.Count, context.Checkpoints<BatchDone>().Count + 1));

    public override Task<Proof> UndoAsync(Moved effect, StepContext context, CancellationToken cancellationToken)
    {
        List<string> archived = [.. Enumerable.Range(0, effect.Archives).Select(Archive).Where(File.Exists).SelectMany(File.ReadAllLines)];
        Replace(source, archived.Concat(File.ReadAllLines(source)).Distinct().Order(StringComparer.Ordinal));
        foreach (var number in Enumerable.Range(0, effect.Archives).Where(number => File.Exists(Archive(number))))
        {
            death.BeforeEffect();
            File.Delete(Archive(number));
        }
        return Task.FromResult(Proof.That($"{archived.Count} lines put back"));
    }

    private string Archive(int number) => Path.Combine(archives, $"{number:D4}.txt");

    private void Replace(string path, IEnumerable<string> lines)
    {
        var whole = lines.ToList();
        death.BeforeEffect();
        File.WriteAllLines(path + ".part", whole);
        death.BeforeEffect();
        File.Move(path + ".part", path, overwrite: true);
    }
}

/// <summary>Tells how many archives there are, after everything else, also after a stop.</summary>
public sealed class TellStep(string root, Death death) : InspectStep<Lines>
{
    public override StepDefinition Definition { get; } = new() { Id = "report.told", Title = "Told", Kind = StepKind.Inspect, RunsAfterStop = true };

    public override async Task<Check<Lines>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        List<string> archives = [.. Directory.GetFiles(root, "*.txt", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path)).Where(path => path != "told.txt").Order(StringComparer.Ordinal)];
        death.BeforeEffect();
        await File.WriteAllLinesAsync(Path.Combine(root, "told.txt"), archives, cancellationToken);
        return Check.Looked(new Lines(archives), $"{archives.Count} files");
    }
}
