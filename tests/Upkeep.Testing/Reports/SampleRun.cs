using Upkeep.Journal;
using static Upkeep.Testing.Reports.Journaled;

namespace Upkeep.Testing.Reports;

/// <summary>A run with something of everything, and with texts that want out of the place they are put in.</summary>
public static class SampleRun
{
    public const string Script = "</script><script>alert(document.domain)</script>";
    public const string Image = "<img src=x onerror=alert(1)>";
    public const string Attribute = "\" onmouseover=\"alert(1)\" x=\"";
    public const string Backwards = "invoice\u202Efdp.exe";
    public const string Nul = "be\0fore";
    public static readonly string Endless = new('w', 400);

    private static readonly string[] _plan =
    [
        "preparation.health", "preparation.baseline", "preparation.alerts", "preparation.readiness", "preparation.backup", "database.retention", "database.sessions",
        "database.vacuum", "database.analyze", "performance.connections", "performance.locks", "backups.presence", "backups.sizes", "verification.health", "verification.response-time",
        "verification.database", "report.summary", "report.weekly",
    ];

    private static readonly (string Table, double Rows, double Dead, double Bytes)[] _tables =
    [
        ("public.api_logs", 1_502_336, 212_400, 301_989_888), ("public.audit_logs", 500_000, 84_210, 92_274_688), ("public.ingestion_logs", 400_000, 61_337, 71_303_168),
        ("public.events", 306_000, 30_822, 88_080_384), ("public.user_sessions", 60_000, 4_410, 9_437_184), ("auth.sessions", 42_000, 2_200, 7_340_032),
        ("public.venues", 8_200, 120, 1_638_400), ("odd.\"Quoted, Name\"", 12, 3, 16_384), ("public." + new string('w', 90), 5, 1, 8_192),
    ];

    public static Journaled Whole()
    {
        var run = new Journaled().Add(null, Journaled.Started(_plan) with
        {
            Waivers = ["alerts.allowCritical: the run starts though critical alerts may be open"],
            Options = ["--ignore-window"],
            Steps = [.. _plan.Select(id => new PlannedStepRecord(id, Titles[id], Kind(id), id.Contains("locks", StringComparison.Ordinal) ? null : 20, null))],
        });
        Preparation(run);
        Database(run);
        Looks(run);
        return run.Add(null, new RunEnded(RunStatus.Failed, null));
    }

    private static void Preparation(Journaled run)
    {
        Begin(run, "preparation.health");
        run.Add("preparation.health", Surveyed("2 of 2 endpoints good; PostgreSQL 15.18 answers in 0.21 ms; no replicas"),
            Figure("latency_p50", 4.1, "home", unit: "ms"), Figure("latency_p95", 9.7, "home", unit: "ms"), Figure("latency_p50", 8.4, "discover", unit: "ms"),
            Figure("latency_p95", 21.2, "discover", unit: "ms"), Figure("database_size", 603_979_776, unit: "bytes"), Figure("queue_depth", 118, unit: "count"),
            Raised(Severity.Info, "replication-not-checked", "Not checked: our role may not see the replicas.", null, "grant pg_monitor to the role that upkeep logs in as."), Ended());
        Begin(run, "preparation.baseline");
        foreach (var (table, rows, dead, bytes) in _tables)
            run.Add("preparation.baseline", Figure("table_bytes", bytes, table, unit: "bytes"), Figure("rows", rows, table), Figure("dead_rows", dead, table));
        run.Add("preparation.baseline", new ArtifactWritten(new Artifact("preparation/baseline-tables.csv", "text/csv", new string('5', 64), 18_204)), Ended());
        run.Clock += TimeSpan.FromSeconds(8);
        Begin(run, "preparation.alerts");
        run.Add("preparation.alerts", Surveyed("2,481 lines of today's log"), Figure("errors", 37, unit: "count"), Figure("criticals", 2, unit: "count"),
            Raised(Severity.Critical, "log-criticals", "2 critical lines in today's log; the last: " + Script, "app.log", "Read app.log from 00:41 on " + Attribute),
            Raised(Severity.Warning, "log-errors", "37 errors in today's log; the last: " + Image + " " + Backwards + " " + Nul, "app.log"), Ended(StepStatus.Attention));
        Begin(run, "preparation.readiness");
        run.Add("preparation.readiness", Surveyed("go: 3 users active, oldest transaction 0.4 s, 41 GiB free"), Figure("active_users", 3, unit: "count"), Ended());
        Begin(run, "preparation.backup");
        run.Clock += TimeSpan.FromSeconds(11);
        run.Add("preparation.backup", Surveyed("a full backup is due; 576 MiB"), Figure("database_bytes", 603_979_776, unit: "bytes"), new ActIntended(),
            new StepActed(JournalJson.ToElement(new { }), "pre-maintenance-20261122: 2,818,553 rows of 9 tables in 101 MiB", UndoState.None, "A backup changes nothing; remove it with: upkeep backup prune"),
            Figure("backup_bytes", 105_906_176, look: Look.After, unit: "bytes"), Figure("backup_rows", 2_818_553, look: Look.After), Figure("backup_seconds", 10.8, look: Look.After, unit: "seconds"),
            new ArtifactWritten(new Artifact("preparation/backup-manifest.json", "application/json", new string('6', 64), 6_120)),
            new StepEnded(StepStatus.Succeeded, "pre-maintenance-20261122: 2,818,553 rows of 9 tables in 101 MiB; every file's digest read back", null, null, UndoState.None));
    }

    private static void Database(Journaled run)
    {
        Begin(run, "database.retention");
        run.Add("database.retention", Surveyed("1,912,687 rows of 3 tables are older than their limits"), new ActIntended());
        foreach (var (table, removed) in new[] { ("public.api_logs", 1_275_019d), ("public.audit_logs", 275_006d), ("public.ingestion_logs", 362_662d) })
            run.Add("database.retention", Figure("rows_archived", removed, table, Look.After), Figure("rows_deleted", removed, table, Look.After),
                new ArtifactWritten(new Artifact($"database/retention/{table}.copy.zst", "application/zstd", new string('7', 64), (long)removed * 9)));
        run.Clock += TimeSpan.FromSeconds(6);
        run.Add("database.retention", new StepActed(JournalJson.ToElement(new { }), "1,912,687 rows archived and deleted", UndoState.Available, "upkeep rollback weekly-20261122 --step database.retention"),
            Ended(undo: UndoState.Available));
        run.Add("database.sessions", Ended(StepStatus.Skipped, "no rule is configured under sessions.rules"));
        Begin(run, "database.vacuum");
        run.Add("database.vacuum", Surveyed("7 of 9 tables are due, worst first"));
        foreach (var (table, _, dead, _) in _tables)
            run.Add("database.vacuum", Figure("dead_rows", dead, table), Figure("freeze_age", 1_204_117, table, unit: "count"));
        run.Add("database.vacuum", new ActIntended());
        run.Clock += TimeSpan.FromSeconds(4);
        foreach (var (table, _, dead, _) in _tables)
            run.Add("database.vacuum", Figure("dead_rows", table == "public.venues" ? dead : 0, table, Look.After), Figure("freeze_age", 1_204_300, table, Look.After, "count"));
        run.Add("database.vacuum", Raised(Severity.Warning, "table-locked", "public.venues could not be locked within 100 ms: pid 4711 (app) holds ACCESS EXCLUSIVE since 02:04:11", "public.venues", "Look at what pid 4711 does; the table is due again next week."),
            new StepActed(JournalJson.ToElement(new { }), "6 of 7 tables vacuumed", UndoState.None, "A vacuum has no way back, and needs none."), Ended(StepStatus.Attention));
        Begin(run, "database.analyze");
        run.Add("database.analyze", Surveyed("9 tables"), new ActIntended(), Ended(StepStatus.Failed, "not proven: public.events was last analyzed before this step began"));
    }

    private static void Looks(Journaled run)
    {
        Begin(run, "performance.connections");
        run.Add("performance.connections", Figure("connections", 18, "idle", unit: "count"), Figure("connections", 3, "active", unit: "count"), Figure("limit", 100, unit: "count"), Ended());
        run.Add("performance.locks", Ended(StepStatus.Skipped, "role \"app\" may not see other sessions' locks: " + Endless));
        Backups(run);
        Begin(run, "verification.health");
        run.Add("verification.health", Surveyed("2 of 2 endpoints good"), Ended());
        Begin(run, "verification.response-time");
        foreach (var (name, p50, p95, p99) in new[] { ("home", 4.1, 9.7, 14.2), ("discover", 8.4, 21.2, 30.9) })
        {
            run.Add("verification.response-time", Figure("latency_p50", p50, name, unit: "ms"), Figure("latency_p50", p50 * 0.9, name, Look.After, "ms"), Figure("latency_p95", p95, name, unit: "ms"),
                Figure("latency_p95", p95 * 0.82, name, Look.After, "ms"), Figure("latency_p99", p99, name, unit: "ms"), Figure("latency_p99", p99 * 0.8, name, Look.After, "ms"));
        }
        run.Add("verification.response-time", Ended());
        run.Add("verification.database", Ended(StepStatus.Deferred, "would not end in time: predicted 4 min, left 2 min 10 s"));
        foreach (var report in new[] { ("report.summary", "maintenance-summary.html", "text/html"), ("report.weekly", "weekly-maintenance-report.md", "text/markdown") })
        {
            Begin(run, report.Item1);
            run.Add(report.Item1, new ArtifactWritten(new Artifact(report.Item2, report.Item3, new string('8', 64), 150_000)), Ended());
        }
    }

    private static void Backups(Journaled run)
    {
        Begin(run, "backups.presence");
        for (var day = 0; day < 7; day++)
            run.Add("backups.presence", Figure("backups", day == 3 ? 0 : 1 + day / 6, DatedSubject.Of(new DateOnly(2026, 11, 16).AddDays(day)), unit: "count"));
        run.Add("backups.presence", Figure("days_expected", 7, unit: "count"), Figure("days_with_backup", 6, unit: "count"), Figure("proof_age", 604_800, "pre-maintenance-20261115", unit: "seconds"),
            Raised(Severity.Warning, "backup-missing", "1 of the last 7 days has no whole backup: Thu 2026-11-19 (" + Image + " is truncated).", null, "Find out why."), Ended(StepStatus.Attention));
        Begin(run, "backups.sizes");
        for (var day = 0; day < 30; day++)
            run.Add("backups.sizes", Figure("backup_size", 90_000_000 + day * 700_000 + day % 3 * 400_000, DatedSubject.Of(Began.AddDays(day - 30), "/backups/database" + Script), unit: "bytes"));
        for (var week = 0; week < 5; week++)
            run.Add("backups.sizes", Figure("backup_size", 80_000_000 + week * 5_000_000, DatedSubject.Of(Began.AddDays(week * 7 - 28), "own backups"), unit: "bytes"));
        foreach (var (ago, size) in new[] { (-30, 90_000_000d), (28, 131_000_000d) })
            run.Add("backups.sizes", Figure("backup_size", size, DatedSubject.Of(Began.AddDays(ago), "/backups/database" + Script + DatedSubject.Trend), unit: "bytes"));
        run.Add("backups.sizes", Figure("free_bytes", 41_000_000_000, "/", unit: "bytes"), Figure("days_until_full", 341, "/", unit: "days"), Ended());
    }

    private static void Begin(Journaled run, string step) => run.Add(step, new StepStarted(Titles[step], Kind(step)));

    private static string Kind(string step) => step switch
    {
        "preparation.backup" or "database.retention" or "database.sessions" or "database.vacuum" or "database.analyze" => "change",
        "backups.presence" => "verify",
        _ => step.StartsWith("verification.", StringComparison.Ordinal) ? "verify" : "inspect",
    };

    private static Dictionary<string, string> Titles { get; } = new()
    {
        ["preparation.health"] = "Health before maintenance",
        ["preparation.baseline"] = "Rows, sizes and statements before",
        ["preparation.alerts"] = "Open alerts and today's errors",
        ["preparation.readiness"] = "Go or no-go",
        ["preparation.backup"] = "Full backup to go back to",
        ["database.retention"] = "Rows past their limit archived and removed",
        ["database.sessions"] = "Expired login sessions removed",
        ["database.vacuum"] = "Dead rows reclaimed",
        ["database.analyze"] = "Planner statistics refreshed",
        ["performance.connections"] = "Connections",
        ["performance.locks"] = "Locks",
        ["backups.presence"] = "A backup for each of the last days",
        ["backups.sizes"] = "Sizes of the backups and room for them",
        ["verification.health"] = "Health after maintenance",
        ["verification.response-time"] = "Response times compared",
        ["verification.database"] = "Tables and statements compared",
        ["report.summary"] = "Report of the run",
        ["report.weekly"] = "Weekly report for sign-off",
    };
}
