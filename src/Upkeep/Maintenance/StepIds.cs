namespace Upkeep.Maintenance;

/// <summary>The ids of the steps there are, in the order of a run. The configuration is checked against them before any step can be made.</summary>
public static class StepIds
{
    public static IReadOnlyList<string> All { get; } =
    [
        "preparation.health",
        "preparation.baseline",
        "preparation.alerts",
        "preparation.readiness",
        "preparation.backup",
        "database.retention",
        "database.sessions",
        "database.vacuum",
        "database.analyze",
        "performance.connections",
        "performance.locks",
        "application.dependencies",
        "application.security-audit",
        "application.typecheck",
        "application.lint",
        "application.tests",
        "application.build",
        "application.environment",
        "logs.error-patterns",
        "logs.rotate",
        "logs.prune",
        "logs.disk-usage",
        "host.security-updates",
        "host.certificates",
        "host.disk-cleanup",
        "host.resources",
        "backups.restore-test",
        "backups.presence",
        "backups.sizes",
        "rollback.rehearsal",
        "verification.health",
        "verification.response-time",
        "verification.database",
        "report.summary",
        "report.weekly",
    ];
}
