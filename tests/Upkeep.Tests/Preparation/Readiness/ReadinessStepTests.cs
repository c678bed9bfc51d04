using Npgsql;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Postgres.Catalog;
using Upkeep.Preparation.Readiness;
using Upkeep.Redaction;
using Upkeep.Running;
using Upkeep.Testing;

namespace Upkeep.Tests.Preparation.Readiness;

public sealed class ReadinessStepTests(PostgresServer server) : IDisposable
{
    private const string Id = "preparation.readiness";
    private static readonly DateTimeOffset _now = new(2026, 11, 22, 6, 30, 0, TimeSpan.Zero);

    private readonly StepHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_quiet_database_is_a_go()
    {
        await using var database = await server.CreateDatabaseAsync(Token);

        var end = await RunAsync(database, new ReadinessSettings { ActiveUsersQuery = "select 10", FreeDiskReserve = 0, MaxTransactionAge = TimeSpan.FromDays(1) });

        end.Status.ShouldBe(StepStatus.Succeeded);
        end.Summary.ShouldBe("go: 6 conditions hold, 1 not checked");
        _harness.Findings(Id).ShouldContain(finding => finding.Message == "Go: 10 users are active, the limit is 10.");
    }

    [Fact]
    public async Task Every_no_go_is_listed_with_value_and_limit()
    {
        await using var database = await server.CreateDatabaseAsync(Token, "create table t (id int)");
        await using var other = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { ApplicationName = "reporting" }.ToString());
        await other.OpenAsync(Token);
        await using var transaction = await other.BeginTransactionAsync(Token);
        await other.ExecuteAsync("select * from t where id = 4711", Token);

        var end = await RunAsync(database, new ReadinessSettings { ActiveUsersQuery = "select 11", FreeDiskReserve = 1L << 60, MaxTransactionAge = TimeSpan.Zero });

        end.Status.ShouldBe(StepStatus.Refused);
        end.Reason.ShouldNotBeNull();
        end.Reason.ShouldContain("11 users are active, the limit is 10");
        end.Reason.ShouldContain("reporting) has a transaction open for");
        end.Reason.ShouldContain("select * from t where id = ?");
        end.Reason.ShouldContain("are needed: an estimated");
        _harness.Findings(Id).Count(finding => finding.Severity == Severity.Critical).ShouldBeGreaterThanOrEqualTo(3);
        File.Exists(Path.Combine(_harness.Folder, "preparation/readiness.json")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_role_without_rights_is_told_that_others_were_not_checked()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        await using var door = new DatabaseDoor(await database.LimitedAsync(Token));

        var end = await RunAsync(door, database, new ReadinessSettings { FreeDiskReserve = 0 });

        end.Status.ShouldBe(StepStatus.Succeeded);
        _harness.Findings(Id).Select(finding => finding.Code).Where(code => code.EndsWith("not-checked", StringComparison.Ordinal))
            .ShouldBe(["active-users-not-checked", "long-transactions-not-checked", "replication-not-checked", "time-left-not-checked"]);
    }

    [Fact]
    public async Task A_failing_query_of_the_operator_is_not_checked_and_not_a_no_go()
    {
        await using var database = await server.CreateDatabaseAsync(Token);

        await RunAsync(database, new ReadinessSettings { ActiveUsersQuery = "selec 1", FreeDiskReserve = 0, MaxTransactionAge = TimeSpan.FromDays(1) });

        _harness.Findings(Id).Single(finding => finding.Code == "active-users-not-checked").Message.ShouldContain("42601");
    }

    [Fact]
    public void A_forgotten_prepared_transaction_is_a_no_go_with_its_name()
    {
        var condition = Conditions.Prepared([new PreparedTransaction("o'x", "alice", "scene", 7200)], TimeSpan.FromMinutes(30)).Single();

        condition.Verdict.ShouldBe(Verdict.NoGo);
        condition.Message.ShouldContain("prepared transaction o'x of alice in scene is 2 h old, the limit is 30 min");
        condition.Hint!.ShouldContain("rollback prepared 'o''x'");
    }

    [Fact]
    public async Task A_look_without_the_lock_says_who_holds_it()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        await using var held = (await AdvisoryLock.TryTakeAsync(database.Door, "upkeep run since 07:00Z on beta", Token)).Lock.ShouldNotBeNull();

        var end = await RunAsync(database, new ReadinessSettings { FreeDiskReserve = 0, MaxTransactionAge = TimeSpan.FromDays(1) });

        end.Status.ShouldBe(StepStatus.Refused);
        end.Reason.ShouldNotBeNull().ShouldContain("the lock in the database is held by upkeep run since 07:00Z on beta");
    }

    [Fact]
    public void The_lock_of_this_very_run_is_a_go_and_anybody_elses_is_not()
    {
        var ours = new RunLockHolder(ProcessMark.Own, "upkeep run", _now);

        Conditions.Locked(ours, new AdvisoryHolder(1, "upkeep run")).Verdict.ShouldBe(Verdict.Go);
        Conditions.Locked(ours with { Process = ProcessMark.Own with { ProcessId = 1 } }, null).Message.ShouldContain("upkeep run (process 1 on");
        Conditions.Locked(null, null).Verdict.ShouldBe(Verdict.Go);
    }

    [Fact]
    public void A_lagging_replica_is_a_no_go_and_a_standby_always()
    {
        var state = State(standby: false);

        Conditions.Replication(state, [new Replica("r1", "streaming", 31, 5)], TimeSpan.FromSeconds(30)).Verdict.ShouldBe(Verdict.NoGo);
        Conditions.Replication(state, [new Replica("r1", "streaming", 29, 5)], TimeSpan.FromSeconds(30)).Verdict.ShouldBe(Verdict.Go);
        Conditions.Replication(State(standby: true), [], TimeSpan.FromSeconds(30)).Verdict.ShouldBe(Verdict.NoGo);
    }

    [Theory]
    [InlineData(30, Verdict.NoGo)]
    [InlineData(31, Verdict.Go)]
    public void Less_time_than_the_reserve_is_a_no_go(int minutesLeft, Verdict verdict)
    {
        var window = new RunWindow(_now.AddHours(-4), _now.AddMinutes(minutesLeft), "UTC");

        Conditions.TimeLeft(window, _now, TimeSpan.FromMinutes(30)).Verdict.ShouldBe(verdict);
    }

    private Task<StepEnded> RunAsync(TestDatabase database, ReadinessSettings settings) => RunAsync(database.Door, database, settings);

    private Task<StepEnded> RunAsync(DatabaseDoor door, TestDatabase database, ReadinessSettings settings) => _harness.RunAsync(Token, new ReadinessStep(new UpkeepConfiguration
    {
        Platform = "Test",
        Database = database.Settings,
        Root = _harness.Root,
        Backup = new BackupSettings { Folder = _harness.Root },
        Readiness = settings,
    }, door, Redactor.None, TimeProvider.System));

    private static DatabaseState State(bool standby) => new()
    {
        At = _now, Database = "d", Version = "15.1", VersionNumber = 150001, Bytes = 1, IsInRecovery = standby, ReplayDelaySeconds = null, StartedAt = _now,
        StatisticsReset = null, MaxConnections = 100, ReservedConnections = 3, SeesAllActivity = true, DataFolder = null,
    };
}
