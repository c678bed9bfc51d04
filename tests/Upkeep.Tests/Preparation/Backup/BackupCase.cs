using Upkeep.Backups;
using Upkeep.Backups.Engines;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Preparation.Backup;
using Upkeep.Testing;

namespace Upkeep.Tests.Preparation.Backup;

/// <summary>The database with odd names that the backup's tests dump, and the step and its taker beside a harness.</summary>
internal static class BackupCase
{
    public const string Name = "pre-maintenance-20261122";
    public const string Id = "preparation.backup";

    public const string Sample =
        """
        create table events as select g as id, 'event ' || g as title, now() as at from generate_series(1, 5000) g;
        create schema "Odd ""x"".y"; create table "Odd ""x"".y"."a'b; -- TABLE DATA" ("Sel ect" int);
        insert into "Odd ""x"".y"."a'b; -- TABLE DATA" values (1);
        create table p (a int) partition by range (a); create table p1 partition of p for values from (0) to (10); insert into p values (1);
        create sequence numbers; select nextval('numbers');
        create materialized view seen as select count(*) from events;
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static string Folder(StepHarness harness) => Directory.CreateDirectory(Path.Combine(harness.Root, "backups")).FullName;

    public static BackupSettings Settings(StepHarness harness) => new() { Folder = Folder(harness) };

    public static BackupStep Step(DatabaseDoor door, StepHarness harness) => new(door, PostgresServer.Programs, Settings(harness), TimeProvider.System);

    public static BackupTaker Taker(DatabaseDoor door, StepHarness harness, TimeSpan? lockWait = null) =>
        new(door, PostgresServer.Programs, Settings(harness), TimeProvider.System)
        {
            Engine = new PgDumpEngine(door, PostgresServer.Programs, Settings(harness), TimeProvider.System) { LockWait = lockWait ?? TimeSpan.FromSeconds(10) },
        };

    public static BackupRequest Request() => new(Name, StepHarness.Run, (_, _, _) => { });
}
