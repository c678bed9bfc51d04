using System.IO.Compression;
using SceneScout.Nightly;
using SceneScout.Seeding;
using Upkeep.Postgres;
using Upkeep.Testing;

namespace SceneScout.Tests.Nightly;

public sealed class NightlyDumpsTests(PostgresServer server) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scenescout-nightly-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_nights_dump_is_whole_and_dated_back_and_holds_what_was_there_that_night_save_the_one_cut_short()
    {
        await using var database = await Scout.FilledAsync(server, new SeedPlan(0.02, 1, Scout.Now), Token);
        await database.Door.DisposeAsync();
        Npgsql.NpgsqlConnection.ClearAllPools();
        var rows = await database.ScalarAsync<long>("select count(*) from api_logs", Token);
        Npgsql.NpgsqlConnection.ClearAllPools();

        var files = await new NightlyDumps(database.ConnectionString, Path.Combine(ServerPrograms.Folder("pg_dump")!, "pg_dump")).MakeAsync(Path.Combine(_folder, "nightly"), Scout.Now.AddHours(-4), 4, 2, Token);

        files.Select(Path.GetFileName).ShouldBe([.. new[] { 22, 21, 20, 19 }.Select(day => $"{database.Name}-202611{day}.sql.gz")]);
        files.Select(File.GetLastWriteTimeUtc).ShouldBe(Enumerable.Range(0, 4).Select(night => Scout.Now.AddHours(-4).AddDays(-night).UtcDateTime));
        files.ShouldAllBe(file => File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        var dumps = files.Select((file, index) => index == 1 ? "" : Text(file)).ToList();
        foreach (var index in new[] { 0, 2, 3 })
            dumps[index].ShouldContain("PostgreSQL database dump complete");
        new[] { 0, 2, 3 }.Select(index => Rows(dumps[index])).ShouldBeInOrder(SortDirection.Descending);
        // Few visit between three and seven in the morning, and many in two days.
        Rows(dumps[0]).ShouldBeLessThanOrEqualTo((int)rows);
        Rows(dumps[2]).ShouldBeInRange(1, (int)rows - 1);
        Should.Throw<InvalidDataException>(() => Text(files[1]));

        (await database.ScalarAsync<long>("select count(*) from api_logs", Token)).ShouldBe(rows);
        (await database.ScalarAsync<long>("select count(*) from pg_database where datname like '%_nightly'", Token)).ShouldBe(0);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Text(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        var text = reader.ReadToEnd();
        return text.Contains("PostgreSQL database dump complete", StringComparison.Ordinal) ? text : throw new InvalidDataException("It ends before its end.");
    }

    private static int Rows(string dump)
    {
        var from = dump.IndexOf("\nCOPY public.api_logs ", StringComparison.Ordinal);
        return dump[from..dump.IndexOf("\n\\.\n", from, StringComparison.Ordinal)].Count(letter => letter == '\n') - 1;
    }
}
