using CsCheck;
using Upkeep.Journal;
using Upkeep.Testing.Reports;

namespace Upkeep.Tests.Reports;

/// <summary>Journals that no runner would write, with texts that nobody should.</summary>
internal static class AnyFacts
{
    private static readonly Gen<string> _step = OneOf("database.vacuum", "database.retention", "report.summary", "odd");

    public static Gen<string> Text { get; } = Gen.OneOf(
        Gen.String[0, 30],
        OneOf("</script><script>alert(1)</script>", "| a | b |", "`rm -rf`", "\u202Egnirts", "\0", "[x](javascript:alert(1))", "'\"<b>&amp;", "\ud800", "2026-11-22", "2026-11-22T06:31:00Z own </script>", "2026-11-23T06:31:00Z own </script>", "2026-11-23T06:31:00Z own </script>, trend"));

    private static readonly Gen<double> _value = Gen.OneOf(Gen.Double, Gen.Const(double.NaN), Gen.Const(double.PositiveInfinity), Gen.Const(0d));

    private static readonly Gen<Fact> _runFact = Gen.OneOf(
        Gen.Const<Fact>(Journaled.Started("database.vacuum", "database.retention")),
        Gen.Const<Fact>(new RunResumed(1, "db1", "SIGKILL")),
        Text.Select(Fact (text) => new StopRequested(text)),
        Gen.Select(Gen.Enum<RunStatus>(), Text).Select(Fact (pair) => new RunEnded(pair.Item1, pair.Item2)));

    private static readonly Gen<Fact> _stepFact = Gen.OneOf(
        Text.Select(Fact (text) => new StepStarted(text, "change")),
        Text.Select(Fact (text) => Journaled.Surveyed(text)),
        Gen.Const<Fact>(new ActIntended()),
        Gen.Const<Fact>(new CheckpointReached(JournalJson.ToElement(new { at = 1 }))),
        Gen.Select(Text, Gen.Enum<UndoState>()).Select(Fact (pair) => new StepActed(JournalJson.ToElement(new { }), pair.Item1, pair.Item2, pair.Item1)),
        Gen.Select(Text, _value, Text.Null(), Gen.Enum<Look>()).Select(Fact (m) => new MeasureTaken(new Measure(m.Item1, "rows", m.Item2, m.Item3, m.Item4))),
        Gen.Select(Gen.Enum<Severity>(), Text, Text.Null()).Select(Fact (f) => new FindingRaised(new Finding(f.Item1, "code", f.Item2, f.Item3, f.Item3))),
        Text.Select(Fact (text) => new ArtifactWritten(new Artifact(text, "text/csv", new string('c', 64), 3))),
        Gen.Select(Gen.Enum<StepStatus>(), Text, Gen.Enum<UndoState>()).Select(Fact (end) => new StepEnded(end.Item1, end.Item2, end.Item2, null, end.Item3)),
        Gen.Const<Fact>(new UndoIntended()),
        Gen.Bool.Select(Fact (applied) => new UndoEnded(applied, "undone", null)));

    public static Gen<IReadOnlyList<JournalEntry>> Entries { get; } =
        Gen.OneOf(_runFact.Select(fact => ((string?)null, fact)), Gen.Select(_step, _stepFact).Select(pair => ((string?)pair.Item1, pair.Item2)))
            .List[1, 40]
            .Select(IReadOnlyList<JournalEntry> (facts) => [.. facts.Select((fact, at) =>
                new JournalEntry(at + 1, Journaled.Run, fact.Item1, Journaled.Began.AddSeconds(at), fact.Item2))]);

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(at => texts[at]);
}
