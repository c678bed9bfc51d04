using Npgsql;
using Upkeep.Backups;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Maintenance;
using Upkeep.Postgres;
using Upkeep.Redaction;
using Upkeep.Reports;
using Upkeep.Rollback.Rows;
using Upkeep.Running;
using Upkeep.Testing;

namespace Upkeep.Tests.Rollback;

/// <summary>A platform with a run in its journal and that run's backup in its store, to be rolled back.</summary>
internal sealed class RollbackCase : IAsyncDisposable
{
    public const string Run = "weekly-20261122";
    public const string Backup = "pre-maintenance-20261122";

    /// <summary>Customers with orders, ids from sequences, a trigger that writes a log without a key.</summary>
    public const string Shop = """
        create table customers (id int generated always as identity primary key, name text not null unique);
        create table orders (id bigserial primary key, customer int not null references customers, note text, at timestamptz not null default now());
        create table seen (what text, n int);
        create function log_order() returns trigger language plpgsql as 'begin insert into public.seen values (''order'', new.id); return new; end';
        create trigger log_order after insert on orders for each row execute function log_order();
        insert into customers (name) select 'customer ' || g from generate_series(1, 50) g;
        insert into orders (customer, note) select 1 + g % 50, 'order ' || g from generate_series(1, 2000) g;
        """;

    private readonly string _name;

    private RollbackCase(TestDatabase database, string root)
    {
        Database = database;
        Root = root;
        _name = database.Name;
        Configuration = new UpkeepConfiguration
        {
            Platform = "Test",
            Root = root,
            Database = new DatabaseSettings { ConnectionString = database.ConnectionString },
            Backup = new BackupSettings { Folder = Path.Combine(root, "backups") },
        };
    }

    public TestDatabase Database { get; }

    public string Root { get; }

    public UpkeepConfiguration Configuration { get; set; }

    public List<RunEvent> Heard { get; } = [];

    public StopSignal Stop { get; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<RollbackCase> CreateAsync(PostgresServer server, string schema = Shop)
    {
        var test = new RollbackCase(await server.CreateDatabaseAsync(Token, schema), Directory.CreateTempSubdirectory("upkeep-rollback-").FullName);
        await test.BackUpAsync();
        return test;
    }

    /// <summary>A case on a server of the test's own.</summary>
    public static async Task<RollbackCase> OnAsync(TemporaryCluster cluster, string schema = Shop, BackupEngineName engine = BackupEngineName.PgDump)
    {
        await using (var session = new NpgsqlConnection(cluster.ConnectionString()))
        {
            await session.OpenAsync(Token);
            await session.ExecuteAsync("create database shop", Token);
        }
        var test = new RollbackCase(new TestDatabase(cluster, "shop"), Directory.CreateTempSubdirectory("upkeep-rollback-").FullName);
        test.Configuration = test.Configuration with { Backup = test.Configuration.Backup with { Engine = engine } };
        await test.Database.ExecuteAsync(schema, Token);
        await test.BackUpAsync();
        return test;
    }

    /// <summary>The same database once more, with a backup of how it is now.</summary>
    public static async Task<RollbackCase> AgainAsync(RollbackCase other)
    {
        var test = new RollbackCase(other.Database, Directory.CreateTempSubdirectory("upkeep-rollback-").FullName);
        await test.BackUpAsync();
        return test;
    }

    public Task<RollbackOutcome> FullAsync(CarryOver carryOver = CarryOver.No, UpkeepConfiguration? configuration = null) =>
        WithAsync(configuration, rollback => rollback.RunAsync(new FullRollbackRequest(Run, carryOver), Stop, Token));

    /// <summary>The undo of the run's steps, one by one.</summary>
    public async Task<RollbackOutcome> UndoStepsAsync()
    {
        await using var doors = Doors.Open(Configuration, Redactor.None, TimeProvider.System);
        return await new StepRollback(new Platform(Configuration, "", doors, []), Heard.Add).RunAsync(Run, null, Stop, Token);
    }

    public Task<RollbackOutcome> BackAsync() => WithAsync(null, rollback => rollback.BackAsync(Run, Stop, Token));

    public async Task<RollbackOutcome> WithAsync(UpkeepConfiguration? configuration, Func<FullRollback, Task<RollbackOutcome>> act)
    {
        await using var doors = Doors.Open(configuration ?? Configuration, Redactor.None, TimeProvider.System);
        return await act(new FullRollback(new Platform(configuration ?? Configuration, "", doors, []), Heard.Add));
    }

    /// <summary>The steps of a full rollback that came to its end.</summary>
    public static IReadOnlyList<StepDocument> Steps(RollbackOutcome outcome) => outcome.ShouldBeOfType<RollbackOutcome.Full>().Steps;

    public static Proof Proof(RollbackOutcome outcome) => outcome.ShouldBeOfType<RollbackOutcome.Undone>().Steps.Single().Proof;

    /// <summary>Every row of the shop, as one text.</summary>
    public Task<string?> ContentAsync(string? database = null) => ScalarAsync<string>(
        """
        select (select string_agg(c::text, ';' order by id) from customers c) || '|' || (select coalesce(string_agg(o::text, ';' order by id), '') from orders o)
          || '|' || (select count(*) || coalesce(string_agg(s::text, ';' order by s::text), '') from seen s)
        """, database);

    public async Task<T?> ScalarAsync<T>(string sql, string? database = null)
    {
        await using var session = await OpenAsync(database);
        return await session.ScalarAsync<T>(sql, Token);
    }

    public async Task ExecuteAsync(string sql, string? database = null)
    {
        await using var session = await OpenAsync(database);
        await session.ExecuteAsync(sql, Token);
    }

    /// <summary>The databases of this case, by name.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync()
    {
        await using var session = await OpenAsync("postgres");
        return await session.QueryAsync("select datname::text from pg_database where datname = $1 or starts_with(datname, $1 || '_') order by 1", row => row.GetString(0), Token, _name);
    }

    public JournalFile Journal() => JournalFile.Open(Path.Combine(Root, "journal.db"), Redactor.None, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        Stop.Dispose();
        await Database.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }

    // Unpooled: a session in the pool would be in the way of the swap, or be ended by it.
    private async Task<NpgsqlConnection> OpenAsync(string? database)
    {
        var session = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Database.Cluster.ConnectionString(database ?? _name)) { Pooling = false }.ToString());
        await session.OpenAsync(Token);
        return session;
    }

    private async Task BackUpAsync()
    {
        using (var journal = Journal())
        {
            journal.Append(Run, null, new RunStarted
            {
                Platform = "Test", Window = null, Folder = Path.Combine(Root, Run), Steps = [], UpkeepVersion = "test", Host = "test", ProcessId = Environment.ProcessId, ConfigurationSha256 = "",
            });
            journal.Append(Run, null, new RunEnded(RunStatus.Succeeded, null));
        }
        await using var door = new DatabaseDoor(Configuration.Database);
        var (manifest, problem) = await new BackupTaker(door, PostgresServer.Programs, Configuration.Backup, TimeProvider.System).TakeAsync(new BackupRequest(Backup, Run, (_, _, _) => { }), Token);
        (manifest is null ? problem!.What : "").ShouldBe("");
    }
}
