using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Reports;
using Upkeep.Reports.Html;
using Upkeep.Reports.Markdown;

namespace Upkeep.Reporting;

/// <summary>
/// Renders a run's reports from the journal into the run's folder. Secrets were masked on their way into the journal; masking the
/// rendering again could only damage it.
/// </summary>
public sealed class ReportWriter(JournalFile journal)
{
    /// <summary>
    /// Writes <c>maintenance-summary.html</c>, <c>weekly-maintenance-report.md</c> and <c>run.json</c> anew, with everything that the journal
    /// knows by now, and records the reports' digests. Called when a run has ended, so that they show how, and by <c>upkeep report</c>.
    /// </summary>
    /// <param name="run">Id of a run that the journal knows.</param>
    /// <param name="folder">The run's folder, absolute.</param>
    /// <returns>Absolute path of the HTML report.</returns>
    public Task<string> WriteAsync(string run, string folder, CancellationToken cancellationToken) => WriteAsync(run, folder, entries => entries, cancellationToken);

    /// <inheritdoc cref="WriteAsync(string, string, CancellationToken)"/>
    /// <param name="complete">Adds what the journal can't hold, such as the end of a run whose process was killed.</param>
    public async Task<string> WriteAsync(string run, string folder, Func<IReadOnlyList<JournalEntry>, IReadOnlyList<JournalEntry>> complete, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(complete);
        var entries = complete(journal.Read(run));
        var model = ReportModel.From(entries);
        Record(run, entries, ReportingSteps.SummaryId, await WriteSummaryAsync(model, folder, cancellationToken));
        Record(run, entries, ReportingSteps.WeeklyId, await WriteWeeklyAsync(model, folder, cancellationToken));
        // Last, because it holds the digests of the other two.
        await RunFolder.WriteAsync(folder, ReportFiles.Document, "application/json", RunDocument.From(complete(journal.Read(run))).ToJson(), cancellationToken);
        return Path.Combine(folder, ReportFiles.Summary);
    }

    internal static async Task<Artifact> WriteSummaryAsync(ReportModel model, string folder, CancellationToken cancellationToken) =>
        await RunFolder.WriteAsync(folder, ReportFiles.Summary, "text/html", await HtmlReport.RenderAsync(model), cancellationToken);

    internal static Task<Artifact> WriteWeeklyAsync(ReportModel model, string folder, CancellationToken cancellationToken) =>
        RunFolder.WriteAsync(folder, ReportFiles.Weekly, "text/markdown", MarkdownReport.Render(model), cancellationToken);

    // Only where the run's own step wrote one, and only what the journal doesn't hold yet: rendering again adds no fact.
    private void Record(string run, IReadOnlyList<JournalEntry> entries, string step, Artifact artifact)
    {
        var known = entries.Where(entry => entry.Step == step).Select(entry => entry.Fact).OfType<ArtifactWritten>()
            .LastOrDefault(written => written.Artifact.Path == artifact.Path)?.Artifact;
        if (known is not null && known != artifact)
            journal.Append(run, step, new ArtifactWritten(artifact));
    }
}
