using Upkeep.Backups;
using Upkeep.Backups.RestoreTest;
using Upkeep.Backups.Restoring;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Testing;

namespace Upkeep.Tests.Backups.Restoring;

/// <summary>A small database with a bit of everything, its backup, and a scratch folder that the server's user can get to.</summary>
internal sealed class RestoreCase : IAsyncDisposable
{
    public const string Name = "nightly-20261122";

    public const string Sample =
        """
        create table venues (id int primary key, name text not null);
        insert into venues select g, 'venue ' || g from generate_series(1, 200) g;
        create table events (id bigint generated always as identity primary key, venue int references venues, title text, at timestamptz, data jsonb, check (id > 0));
        insert into events (venue, title, at, data) select 1 + g % 200, 'event ' || g, timestamptz '2026-11-01' + g * interval '1 minute', jsonb_build_object('n', g) from generate_series(1, 3000) g;
        create index on events (at); create index on events using gin (data);
        create table p (a int) partition by range (a); create table p1 partition of p for values from (0) to (10); insert into p values (1), (2);
        create materialized view seen as select count(*) from events;
        alter table venues add constraint named check (name <> 'venue 7') not valid;
        """;

    private RestoreCase(TestDatabase database)
    {
        Database = database;
        // The server's user passes through.
        File.SetUnixFileMode(Harness.Root, File.GetUnixFileMode(Harness.Root) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        Configuration = new UpkeepConfiguration
        {
            Platform = "Test", Root = Harness.Root, Database = database.Settings,
            Backup = new BackupSettings { Folder = Path.Combine(Harness.Root, "backups"), Restore = new RestoreSettings { Folder = Scratch } },
        };
    }

    public TestDatabase Database { get; }

    public StepHarness Harness { get; } = new();

    public UpkeepConfiguration Configuration { get; set; }

    public ScratchShelf Shelf { get; } = new();

    public string Scratch => Path.Combine(Harness.Root, "scratch");

    public BackupStore Store => new(Configuration.Backup.Folder);

    public RestoreTester Tester => new(Database.Door, PostgresServer.Programs, Configuration.Backup, Configuration.Root, TimeProvider.System);

    public RestoreTestStep Step => new(Database.Door, PostgresServer.Programs, Shelf, Configuration, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<RestoreCase> CreateAsync(PostgresServer server, string sql = Sample) => new(await server.CreateDatabaseAsync(Token, sql));

    /// <summary>The same in a database of a name of its own.</summary>
    public static async Task<RestoreCase> NamedAsync(PostgresServer server, string name)
    {
        var database = new TestDatabase((await server.CreateDatabaseAsync(Token)).Cluster, name);
        await using (var session = new Npgsql.NpgsqlConnection(database.Cluster.ConnectionString()))
        {
            await session.OpenAsync(Token);
            await session.ExecuteAsync($"create database {Sql.Identifier(name)}", Token);
        }
        await database.ExecuteAsync(Sample, Token);
        return new RestoreCase(database);
    }

    /// <summary>The backup of the database, as it lies in the store.</summary>
    public async Task<StoredBackup> BackupAsync(string name = Name)
    {
        var (manifest, problem) = await new BackupTaker(Database.Door, PostgresServer.Programs, Configuration.Backup, TimeProvider.System)
            .TakeAsync(new BackupRequest(name, null, (_, _, _) => { }), Token);
        manifest.ShouldNotBeNull(problem?.What);
        return (await Store.ListAsync(Token)).Single(backup => backup.Name == name);
    }

    public Task<RestoreTest> TestAsync(StoredBackup backup) => Tester.TestAsync(backup, (_, _, _) => { }, Token);

    /// <summary>Writes an upkeep.yaml for the program itself and returns its path.</summary>
    public string WriteConfiguration(string connectionString)
    {
        var database = new Npgsql.NpgsqlConnectionStringBuilder(connectionString);
        var file = Path.Combine(Harness.Root, "upkeep.yaml");
        File.WriteAllText(file,
            $"""
            platform: Test
            root: {Harness.Root}
            database:
              url: postgres://{database.Username}@127.0.0.1:{database.Port}/{database.Database}?sslmode=disable
            backup:
              folder: {Configuration.Backup.Folder}
              restore:
                folder: {Scratch}
            """);
        return file;
    }

    /// <summary>No scratch server is left, neither on disk nor running.</summary>
    public void NothingShouldBeLeft()
    {
        if (Directory.Exists(Scratch))
            Directory.GetFileSystemEntries(Scratch).ShouldBeEmpty();
        ServersBelow(Scratch).ShouldBeEmpty();
    }

    /// <summary>Command lines of the processes that name something below the folder.</summary>
    public static IReadOnlyList<string> ServersBelow(string folder) =>
        [.. Directory.GetDirectories("/proc").Where(process => int.TryParse(Path.GetFileName(process), out _)).Select(CommandLine).Where(line => line.Contains(folder + "/", StringComparison.Ordinal))];

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
        }
        catch (IOException)
        {
            // It ended between the listing and the look.
            return "";
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Shelf.DisposeAsync();
        await Database.DisposeAsync();
        Harness.Dispose();
    }
}
