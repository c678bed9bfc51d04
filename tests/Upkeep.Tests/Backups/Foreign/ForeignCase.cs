using System.IO.Compression;
using Upkeep.Backups;
using Upkeep.Backups.Foreign;
using Upkeep.Postgres;
using Upkeep.Testing;
using Upkeep.Tests.Backups.Restoring;

namespace Upkeep.Tests.Backups.Foreign;

/// <summary>Backups as others make them, of a small database: pg_dump in each of its formats, packed by whatever they like.</summary>
internal sealed class ForeignCase : IAsyncDisposable
{
    public const string Sample =
        """
        create extension pg_stat_statements; create schema trees; create extension ltree schema trees;
        create table venues (id int primary key, name text not null, path trees.ltree);
        insert into venues select g, E'venue\t\\' || md5(g::text), 'a.b' from generate_series(1, 400) g;
        create table events (id int primary key, venue int references venues, note text);
        insert into events select g, 1 + g % 400, repeat(md5(g::text), 3) || E'\n--\n-- Name: x; Type: TABLE; Schema: public; Owner: y' from generate_series(1, 3000) g;
        create table "Odd; Type" (a int); insert into "Odd; Type" values (1);
        create function greet() returns text language plpgsql as $$ begin return E'\\! touch'; end $$;
        do $$ begin if not exists (select from pg_roles where rolname = 'reader') then create role reader; end if; end $$;
        alter table events enable row level security; create policy mine on events for select to reader using (true);
        grant select on venues to reader; comment on extension ltree is 'trees
        COPY x FROM stdin;';
        """;

    private ForeignCase(RestoreCase restore) => Restore = restore;

    public RestoreCase Restore { get; }

    public string Folder => Directory.CreateDirectory(Path.Combine(Restore.Harness.Root, "others")).FullName;

    public ForeignReader Reader => new(PostgresServer.Programs, Restore.Configuration.Backup, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<ForeignCase> CreateAsync(PostgresServer server, string sql = Sample) => new(await RestoreCase.CreateAsync(server, sql));

    /// <summary>Makes a backup with pg_dump; its name says nothing of what it is.</summary>
    /// <param name="options">For example <c>--format=custom</c>.</param>
    public async Task<string> DumpAsync(string name, params string[] options)
    {
        var path = Path.Combine(Folder, name);
        var connection = new Npgsql.NpgsqlConnectionStringBuilder(Restore.Database.ConnectionString);
        var result = await PostgresServer.Programs.RunAsync(Path.Combine(ServerPrograms.Folder("pg_dump")!, options.Contains("--globals") ? "pg_dumpall" : "pg_dump"),
            ["--host", connection.Host!, "--port", $"{connection.Port}", "--username", connection.Username!, "--file", path,
                .. options.Contains("--globals") ? [] : new[] { "--dbname", connection.Database! }, .. options.Except(["--globals"])],
            new Dictionary<string, string?>(), null, Token);
        result.ExitCode.ShouldBe(0, result.Error);
        return path;
    }

    public static async Task<string> GzipAsync(string path)
    {
        await using (var packed = new GZipStream(File.Create(path + ".bak"), CompressionLevel.Fastest))
            await packed.WriteAsync(await File.ReadAllBytesAsync(path, Token), Token);
        File.Move(path + ".bak", path, overwrite: true);
        return path;
    }

    public static async Task<string> ZstdAsync(string path)
    {
        await using (var packed = new ZstdSharp.CompressionStream(File.Create(path + ".bak"), leaveOpen: false))
            await packed.WriteAsync(await File.ReadAllBytesAsync(path, Token), Token);
        File.Move(path + ".bak", path, overwrite: true);
        return path;
    }

    public async Task<ForeignBackup> LookAsync(string path, bool expecting = true) =>
        (await Reader.LookAsync(path, expecting ? await ForeignExpectation.OfAsync(Restore.Database.Door, Token) : null, Token)).Backup;

    public ValueTask DisposeAsync() => Restore.DisposeAsync();
}
