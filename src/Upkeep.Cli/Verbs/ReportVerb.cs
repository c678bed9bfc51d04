using System.CommandLine;
using Upkeep.Cli.Output;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Maintenance;
using Upkeep.Processes;
using Upkeep.Reporting;
using Upkeep.Reports;
using Upkeep.Reports.Text;
using Upkeep.Running;

namespace Upkeep.Cli.Verbs;

/// <summary><c>upkeep report</c>: renders a run's report again from the journal. Needs no database.</summary>
internal static class ReportVerb
{
    private const int MostNamed = 5;

    public static Command Create(VerbHost host)
    {
        var run = RunArgument.Create("the last one");
        var open = new Option<bool>("--open") { Description = "Show it in the browser, where there is one." };
        var command = new Command("report", "Renders a run's report again from the journal.") { run, open };
        host.On(command, async (parsed, context, cancellationToken) =>
        {
            var (loaded, configuration) = PlatformConfiguration.Load(context);
            // The lock first: a run that ends between the two looks has then written its end.
            var holder = RunLock.HolderOf(configuration.Root);
            using var journal = OpenJournal(Path.Combine(configuration.Root, "journal.db"), loaded.Redactor, context.Time);
            var chosen = Choose(parsed.GetValue(run), journal.Runs());
            var isNewest = journal.Runs()[0] == chosen;
            IReadOnlyList<JournalEntry> Complete(IReadOnlyList<JournalEntry> entries) => DeadRun.WithItsEnd(entries, holder, isNewest);
            var path = await WriteAsync(journal, chosen, configuration.Root, Complete, cancellationToken);
            if (context.Output.IsJson)
                context.Output.Json(RunDocument.From(Complete(journal.Read(chosen))));
            else
                context.Output.Line(ClosingSummary.Of(ReportModel.From(Complete(journal.Read(chosen))), path));
            if (parsed.GetValue(open))
                await OpenAsync(path, new ProgramDoor(loaded.Redactor, context.Time), context.Output, cancellationToken);
            return ExitStatus.Success;
        });
        return command;
    }

    // Opening would make one, and a journal that nobody asked for is a strange thing to find.
    private static JournalFile OpenJournal(string path, Redaction.Redactor redactor, TimeProvider time) => File.Exists(path)
        ? JournalFile.Open(path, redactor, time)
        : throw new CommandException(ExitStatus.Usage, $"There is no run to report: {path} doesn't exist.", "Start one with: upkeep run");

    private static string Choose(string? asked, IReadOnlyList<string> runs)
    {
        if (runs.Count == 0)
            throw new CommandException(ExitStatus.Usage, "There is no run to report: the journal is empty.", "Start one with: upkeep run");
        if (asked is null)
            return runs[0];
        if (runs.Contains(asked, StringComparer.Ordinal))
            return asked;
        var named = string.Join(", ", runs.Take(MostNamed)) + (runs.Count > MostNamed ? $" and {runs.Count - MostNamed} older" : "");
        throw new CommandException(ExitStatus.Usage, $"There is no run {asked} in the journal.",
            Nearest.To(asked, runs) is { } nearest ? $"Did you mean {nearest}? The runs: {named}" : $"The runs: {named}");
    }

    private static async Task<string> WriteAsync(JournalFile journal, string run, string root,
        Func<IReadOnlyList<JournalEntry>, IReadOnlyList<JournalEntry>> complete, CancellationToken cancellationToken)
    {
        var folder = journal.Read(run).Select(entry => entry.Fact).OfType<RunStarted>().FirstOrDefault()?.Folder ?? Path.Combine(root, run);
        try
        {
            RunFolder.Create(folder);
            return await new ReportWriter(journal).WriteAsync(run, folder, complete, cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitStatus.Failed, $"The report can't be written to {folder}: {problem.Message}", "Free space there, or give the right to write there; the journal has everything, and the same command writes the report then.");
        }
    }

    private static async Task OpenAsync(string path, ProgramDoor programs, CommandOutput output, CancellationToken cancellationToken)
    {
        const string opener = "xdg-open";
        var searched = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        if (Environment.GetEnvironmentVariable("DISPLAY") is null or "" && Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is null or "")
            output.Notice($"There is no display here to open it on; the report is {path}");
        else if (!searched.Any(folder => File.Exists(Path.Combine(folder, opener))))
            output.Notice($"There is no {opener} here to open it with; the report is {path}");
        else if (await programs.RunAsync(opener, [path], new Dictionary<string, string?>(), null, cancellationToken) is { ExitCode: not 0 } failed)
            output.Notice($"{opener} ended with status {failed.ExitCode}: {failed.Error.Trim()}; the report is {path}");
    }
}
