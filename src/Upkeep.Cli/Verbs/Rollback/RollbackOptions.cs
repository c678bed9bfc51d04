using System.CommandLine;
using Upkeep.Rollback.Rows;

namespace Upkeep.Cli.Verbs.Rollback;

/// <summary>The options of <c>upkeep rollback</c>, and which of them go together.</summary>
internal sealed class RollbackOptions
{
    private const string Changed = "changed";
    private const string New = "new";

    public Argument<string?> Run { get; } = RunArgument.Create("the last one that changed anything");

    public Option<string?> Step { get; } = new("--step") { Description = "Only this step (default: every step that can be undone, newest first).", HelpName = "ID" };

    public Option<bool> Full { get; } = new("--full") { Description = "The whole database from the run's backup: restored beside the live one, proven, swapped in; the replaced one is kept." };

    public Option<bool> Back { get; } = new("--back") { Description = "Goes back from a full rollback: the replaced database is live again." };

    public Option<bool> Rehearse { get; } = new("--rehearse") { Description = "Proves a full rollback on a scratch server; production is not touched." };

    public Option<string?> CarryOver { get; } = new("--carry-over")
    {
        Description = "With --full: puts rows written after the backup into the restored database (new: those with new keys; changed: also newer versions).",
        HelpName = "new|changed",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public Option<bool> StopRun { get; } = new("--stop-run") { Description = "Stops the run that is under way, at its next safe point, and waits for it." };

    public void AddTo(Command command)
    {
        command.Arguments.Add(Run);
        foreach (var option in new Option[] { Step, Full, Back, Rehearse, CarryOver, StopRun })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            string[] given = [.. new Option[] { Step, Full, Back, Rehearse }.Where(option => result.GetResult(option) is { Implicit: false }).Select(option => option.Name)];
            if (given.Length > 1)
                result.AddError($"{string.Join(" and ", given)} are different things: name one.");
            if (given.Contains(Rehearse.Name) && result.GetResult(StopRun) is { Implicit: false })
                result.AddError($"{StopRun.Name} does not go with {Rehearse.Name}: a rehearsal touches no run.");
            if (result.GetResult(CarryOver) is { } carry && (!given.Contains(Full.Name) || carry.Tokens is [{ Value: not (New or Changed) }]))
                result.AddError($"--carry-over goes with --full, and takes {New} (the default) or {Changed}.");
        });
    }

    public CarryOver CarryOverOf(ParseResult parsed) => parsed.GetResult(CarryOver) is not { } given ? Upkeep.Rollback.Rows.CarryOver.No
        : given.Tokens is [{ Value: Changed }] ? Upkeep.Rollback.Rows.CarryOver.NewAndChanged : Upkeep.Rollback.Rows.CarryOver.New;
}
