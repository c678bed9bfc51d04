using Upkeep.Journal;

namespace Upkeep.Reports;

/// <summary>What every rendering of a run says, in the order in which it says it. Derived from the journal's facts and nothing else.</summary>
public sealed record ReportModel
{
    public required RunDocument Run { get; init; }

    public required PlatformClock Clock { get; init; }

    public required Headline Headline { get; init; }

    public required IReadOnlyList<KeyFigure> KeyFigures { get; init; }

    /// <summary>Protections that were waived, and everything that was not done or not looked at, with the reason.</summary>
    public required IReadOnlyList<NotChecked> NotChecked { get; init; }

    /// <summary>What needs a person, the worst first.</summary>
    public required IReadOnlyList<AttentionItem> Attention { get; init; }

    public required IReadOnlyList<StepSection> Steps { get; init; }

    public required Timeline? Timeline { get; init; }

    public required BackupStatus Backup { get; init; }

    public required IReadOnlyList<Recommendation> Recommendations { get; init; }

    /// <summary>Who signs the run off.</summary>
    public IReadOnlyList<string> SignOff { get; } = ["Database administrator", "System administrator", "Engineering lead"];

    /// <summary>The model of a run from its facts, oldest first, at least one.</summary>
    public static ReportModel From(IReadOnlyList<JournalEntry> entries) => From(RunDocument.From(entries));

    public static ReportModel From(RunDocument run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var clock = new PlatformClock(run.Window?.TimeZone);
        var notChecked = Reports.NotChecked.Of(run);
        var attention = AttentionItem.Of(run);
        return new ReportModel
        {
            Run = run,
            Clock = clock,
            Headline = Headline.Of(run, clock, attention),
            KeyFigures = KeyFigure.Of(run, notChecked.Count, attention.Count),
            NotChecked = notChecked,
            Attention = attention,
            Steps = [.. run.Steps.Select(StepSection.Of)],
            Timeline = Timeline.Of(run),
            Backup = BackupStatus.Of(run),
            Recommendations = Recommendation.Of(run),
        };
    }
}
