using Upkeep.Configuration;

namespace Upkeep.Database.Retention;

/// <summary>What a retention step is told: its rules, and where what it removes is kept.</summary>
/// <param name="ArchiveFolder">Absolute, or null for the run's own folder.</param>
/// <param name="TimeZone">IANA id of the platform's zone; columns without a zone may hold its time.</param>
public sealed record RetentionRules(IReadOnlyList<RetentionRule> Rules, bool Archive, string? ArchiveFolder, string TimeZone);
