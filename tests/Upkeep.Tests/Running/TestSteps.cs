using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Running;

namespace Upkeep.Tests.Running;

internal sealed record Seen(string What);

internal sealed record Written(string Path);

/// <summary>An inspection that does what the test says.</summary>
internal sealed class Look(StepDefinition definition, Func<StepContext, CancellationToken, Task<Check<Seen>>> check) : InspectStep<Seen>
{
    public Look(string id, Check<Seen> check) : this(new StepDefinition { Id = id, Title = id, Kind = StepKind.Inspect }, (_, _) => Task.FromResult(check))
    {
    }

    public override StepDefinition Definition { get; } = definition;

    public int Looks { get; private set; }

    public override Task<Check<Seen>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        Looks++;
        return check(context, cancellationToken);
    }
}

/// <summary>Writes a file: the smallest change that can be seen, verified and undone.</summary>
internal sealed class WriteFile(string path, StepDefinition definition) : ChangeStep<Seen, Written>
{
    public WriteFile(string path, string id, params string[] requires)
        : this(path, new StepDefinition { Id = id, Title = id, Kind = StepKind.Change, Requires = requires })
    {
    }

    public override StepDefinition Definition { get; } = definition;

    public int Acts { get; private set; }

    /// <summary>Happens in the act, before the file is written.</summary>
    public Func<StepContext, CancellationToken, Task> First { get; set; } = (_, _) => Task.CompletedTask;

    public Func<StepContext, Task> InCheck { get; set; } = _ => Task.CompletedTask;

    public Func<Proof?> Verdict { get; set; } = () => null;

    public override async Task<Check<Seen>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        await InCheck(context);
        return Check.Due(new Seen(path), "a file to write");
    }

    public override async Task<Act<Written>> ActAsync(Seen survey, StepContext context, CancellationToken cancellationToken)
    {
        Acts++;
        await First(context, cancellationToken);
        if (context.Stop.IsRequested)
            return Act.StoppedAfter(new Written(path), "stopped before the file", UndoState.Available, "delete it", context.Stop.Reason!);
        await File.WriteAllTextAsync(survey.What, "written", cancellationToken);
        return Act.Done(new Written(path), "written", UndoState.Available, "delete it");
    }

    public override Task<Proof> VerifyAsync(Seen survey, Written effect, StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(Verdict() ?? (File.Exists(path) ? Proof.That("it is there") : Proof.Missing("it isn't there")));

    public override Task<Proof> UndoAsync(Written effect, StepContext context, CancellationToken cancellationToken)
    {
        File.Delete(effect.Path);
        return Task.FromResult(Proof.That("it is gone"));
    }
}
