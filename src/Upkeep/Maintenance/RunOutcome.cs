using Upkeep.Journal;
using Upkeep.Reports;

namespace Upkeep.Maintenance;

/// <summary>What came of asking for a run.</summary>
public abstract record RunOutcome
{
    /// <summary>It ran to its end, or to where it was stopped; or a go/no-go gate said no before anything was touched.</summary>
    /// <param name="Entries">The run's facts.</param>
    /// <param name="Report">Absolute path of the HTML report; null for a dry run.</param>
    public sealed record Ran(RunStatus Status, IReadOnlyList<JournalEntry> Entries, string? Report) : RunOutcome
    {
        public RunDocument Document => RunDocument.From(Entries);
    }

    /// <summary>It was not started: a condition that every run has said no. There is no record of it.</summary>
    public sealed record Refused(string Reason, string Hint) : RunOutcome;

    /// <summary>It was not started: another run holds the lock.</summary>
    /// <param name="Holder">Who, and since when.</param>
    public sealed record Locked(string Holder, string Hint) : RunOutcome;

    /// <summary>There is nothing to go on with.</summary>
    public sealed record NothingToResume(string Reason) : RunOutcome;
}
