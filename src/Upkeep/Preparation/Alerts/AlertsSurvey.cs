using Upkeep.Http;

namespace Upkeep.Preparation.Alerts;

/// <summary>Errors and criticals of the day, and what fires now.</summary>
public sealed record AlertsSurvey
{
    /// <summary>Null where the log wasn't read.</summary>
    public required LogSurvey? Log { get; init; }
    /// <summary>Why the log wasn't read, or null.</summary>
    public required string? LogNotChecked { get; init; }
    /// <summary>Null where no Alertmanager is configured or it didn't answer.</summary>
    public required IReadOnlyList<FiringAlert>? Firing { get; init; }
    /// <summary>Why there is no answer, or null.</summary>
    public required string? FiringNotChecked { get; init; }
}
