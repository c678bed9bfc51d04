using Upkeep.Journal;

namespace Upkeep.Testing.Reports;

/// <summary>Writes down facts as a journal would have them: numbered, a second apart.</summary>
public sealed class Journaled
{
    public const string Run = "weekly-20261122";
    public static readonly DateTimeOffset Began = new(2026, 11, 22, 6, 30, 0, TimeSpan.Zero);

    private readonly List<JournalEntry> _entries = [];

    public IReadOnlyList<JournalEntry> Entries => _entries;

    public TimeSpan Clock { get; set; }

    public Journaled Add(string? step, params ReadOnlySpan<Fact> facts)
    {
        foreach (var fact in facts)
        {
            _entries.Add(new JournalEntry(_entries.Count + 1, Run, step, Began + Clock, fact));
            Clock += TimeSpan.FromSeconds(1);
        }
        return this;
    }

    public static RunStarted Started(params IReadOnlyList<string> steps) => new()
    {
        Platform = "SceneScout",
        Window = new RunWindow(Began + TimeSpan.FromMinutes(30), Began + TimeSpan.FromHours(4.5), "America/Toronto"),
        Folder = "/srv/maintenance/" + Run,
        Steps = [.. steps.Select(id => new PlannedStepRecord(id, $"Title of {id}", "change", 12, null))],
        UpkeepVersion = "0.1.0",
        Host = "db1",
        ProcessId = 4711,
        ConfigurationSha256 = new string('a', 64),
    };

    public static StepEnded Ended(StepStatus status = StepStatus.Succeeded, string? reason = null, UndoState undo = UndoState.None) =>
        new(status, reason ?? "all is well", reason, null, undo);

    public static MeasureTaken Figure(string name, double value, string? subject = null, Look look = Look.Before, string unit = "rows") =>
        new(new Measure(name, unit, value, subject, look));

    public static FindingRaised Raised(Severity severity, string code, string message, string? subject = null, string? hint = null) =>
        new(new Finding(severity, code, message, subject, hint));

    public static StepSurveyed Surveyed(string summary) => new(JournalJson.ToElement(new { }), summary);

    public static StepActed Acted(UndoState undo = UndoState.Available) => new(JournalJson.ToElement(new { }), "did it", undo, "upkeep rollback --step it");
}
