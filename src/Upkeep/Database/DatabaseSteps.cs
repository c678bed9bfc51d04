using Upkeep.Configuration;
using Upkeep.Database.Analyze;
using Upkeep.Database.Retention;
using Upkeep.Database.Vacuum;
using Upkeep.Planning;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Database;

/// <summary>The steps that work on the database, in the order of a run.</summary>
public static class DatabaseSteps
{
    private static StepDefinition Retention { get; } = new()
    {
        Id = "database.retention", Title = "Old rows archived and removed", Kind = StepKind.Change, Requires = ["preparation.backup"], Priority = 4,
        WorkMeasure = "due_rows",
    };

    private static StepDefinition Sessions { get; } = new()
    {
        Id = "database.sessions", Title = "Expired sessions archived and removed", Kind = StepKind.Change, Requires = ["preparation.backup"], Priority = 5,
        WorkMeasure = "due_rows",
    };

    public static IReadOnlyList<Step> Create(UpkeepConfiguration configuration, DatabaseDoor database, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var retention = configuration.Retention;
        var zone = configuration.Window.TimeZone;
        return
        [
            new RetentionStep(Retention, new RetentionRules(retention.Rules, retention.Archive, retention.ArchiveFolder, zone), configuration.Throttle, database, time),
            new RetentionStep(Sessions, new RetentionRules(configuration.Sessions.Rules, retention.Archive, retention.ArchiveFolder, zone), configuration.Throttle, database, time),
            new VacuumStep(database, configuration.Vacuum, configuration.Throttle, time),
            new AnalyzeStep(database, configuration.Vacuum, configuration.Throttle, time),
        ];
    }
}
