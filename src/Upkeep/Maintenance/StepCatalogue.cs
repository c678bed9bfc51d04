using Upkeep.Backups;
using Upkeep.Backups.RestoreTest;
using Upkeep.Configuration;
using Upkeep.Database;
using Upkeep.Host;
using Upkeep.Logs;
using Upkeep.Performance;
using Upkeep.Preparation;
using Upkeep.Preparation.Backup;
using Upkeep.Reporting;
using Upkeep.Rollback.Rehearsal;
using Upkeep.Running;
using Upkeep.Verification;

namespace Upkeep.Maintenance;

/// <summary>Every step there is, in the order of a run. The place where settings, doors and slices meet.</summary>
public static class StepCatalogue
{
    public static IReadOnlyList<Step> Create(UpkeepConfiguration configuration, Doors doors)
    {
        ArgumentNullException.ThrowIfNull(doors);
        return
        [
            .. PreparationSteps.Create(configuration, doors.Database, doors.Http, doors.Redactor, doors.Time),
            new BackupStep(doors.Database, doors.Programs, configuration.Backup, doors.Time),
            .. DatabaseSteps.Create(configuration, doors.Database, doors.Time),
            .. PerformanceSteps.Create(configuration.Performance, doors.Database, doors.Redactor),
            .. LogSteps.Create(configuration, doors.Programs, LogHistory.Of(configuration, doors), doors.Redactor, doors.Time),
            .. HostSteps.Create(configuration.Host, doors.Programs, HostHistory.Of(configuration, doors), doors.Redactor, doors.Time),
            new RestoreTestStep(doors.Database, doors.Programs, doors.Shelf, configuration, doors.Time),
            .. BackupSteps.Create(configuration, BackupInventories.ForSteps(configuration, doors), () => BackupHistory.ReadIfAny(configuration, doors), doors.Redactor, doors.Time),
            new RehearsalStep(doors.Database, doors.Programs, doors.Shelf, configuration, doors.Time),
            .. VerificationSteps.Create(configuration, doors.Database, doors.Http, doors.Redactor),
            .. ReportingSteps.Create(),
        ];
    }
}
