using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Reports;
using Upkeep.Running;
using Words = Upkeep.Reports.Words;

namespace Upkeep.Reporting;

/// <summary>What a report step wrote.</summary>
/// <param name="Path">Below the run's folder.</param>
/// <param name="Facts">How many facts of the journal it tells.</param>
public sealed record WrittenReport(string Path, long Bytes, int Facts);

/// <summary>
/// Renders one report from the journal as it stands. It doesn't touch the platform and writes only into the run's folder, so it is an
/// inspection; when the run has ended, <see cref="ReportWriter"/> renders again with the end in it.
/// </summary>
internal sealed class ReportStep(string id, string title, Func<ReportModel, string, CancellationToken, Task<Artifact>> write) : InspectStep<WrittenReport>
{
    public override StepDefinition Definition { get; } = new()
    {
        Id = id,
        Title = title,
        Kind = StepKind.Inspect,
        Priority = 1,
        Deadline = TimeSpan.FromMinutes(5),
        RunsAfterStop = true,
    };

    public override async Task<Check<WrittenReport>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(context.Folder))
            return Check.Skipped<WrittenReport>("not written: a plan and a dry run have no folder");
        var facts = context.Facts;
        var artifact = await write(ReportModel.From(facts), context.Folder, cancellationToken);
        context.Attach(artifact);
        return Check.Looked(new WrittenReport(artifact.Path, artifact.Bytes, facts.Count),
            $"{artifact.Path}, {Amount.Bytes(artifact.Bytes)}, from {Counted.Of(facts.Count, "fact")} of the journal");
    }
}
