using Upkeep.Configuration;
using Upkeep.Performance.Connections;
using Upkeep.Performance.Locks;
using Upkeep.Postgres;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Performance;

/// <summary>How the server is being used, reads only.</summary>
public static class PerformanceSteps
{
    public static IReadOnlyList<Step> Create(PerformanceSettings settings, DatabaseDoor database, Redactor redactor) =>
    [
        new ConnectionsStep(settings, database, redactor),
        new LocksStep(database, redactor),
    ];
}
