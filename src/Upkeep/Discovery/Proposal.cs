using Upkeep.Configuration;

namespace Upkeep.Discovery;

/// <summary>What a first configuration says.</summary>
public sealed record Proposal
{
    public required string Platform { get; init; }
    public required string TimeZone { get; init; }
    public required Inventory Inventory { get; init; }
    public required IReadOnlyList<ProposedRule> Retention { get; init; }
    public required IReadOnlyList<ProposedRule> Sessions { get; init; }
    /// <summary>Query for the users active now, or null where no table tells.</summary>
    public required string? ActiveUsersQuery { get; init; }
    /// <summary>Query for the length of the work queue, or null.</summary>
    public required string? QueueDepthQuery { get; init; }
    /// <summary>Logs found on this machine; proposed in comments only, since whose they are is not known.</summary>
    public IReadOnlyList<FoundLogs> Logs { get; init; } = [];
}

/// <summary>A rule for rows that may go.</summary>
/// <param name="Active">Whether it stands in the file as it is, or commented out for a person to decide.</param>
/// <param name="Why">What it rests on.</param>
public sealed record ProposedRule(RetentionRule Rule, bool Active, string Why);
