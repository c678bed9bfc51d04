using System.Text;
using Upkeep.Backups.Foreign;
using Upkeep.Testing;

namespace Upkeep.Tests.Backups.Foreign;

public sealed class ForeignReaderTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_it_is_is_read_from_its_content_whatever_its_name_says()
    {
        await using var test = await ForeignCase.CreateAsync(server);
        var cases = new (string Path, ForeignFormat Format, ForeignCompression Compression)[]
        {
            (await test.DumpAsync("a.zip"), ForeignFormat.PlainSql, ForeignCompression.None),
            (await ForeignCase.GzipAsync(await test.DumpAsync("b.sql", "--create")), ForeignFormat.PlainSql, ForeignCompression.Gzip),
            (await ForeignCase.ZstdAsync(await test.DumpAsync("c.tar.gz")), ForeignFormat.PlainSql, ForeignCompression.Zstd),
            (await test.DumpAsync("d.sql", "--format=custom"), ForeignFormat.Custom, ForeignCompression.None),
            (await ForeignCase.ZstdAsync(await test.DumpAsync("e", "--format=custom", "--compress=0")), ForeignFormat.Custom, ForeignCompression.Zstd),
            (await test.DumpAsync("f.dump", "--format=tar"), ForeignFormat.Tar, ForeignCompression.None),
            (await ForeignCase.GzipAsync(await test.DumpAsync("g.sql.gz", "--format=tar")), ForeignFormat.Tar, ForeignCompression.Gzip),
            (await test.DumpAsync("h.tar", "--format=directory"), ForeignFormat.Directory, ForeignCompression.None),
        };

        foreach (var (path, format, compression) in cases)
        {
            var backup = await test.LookAsync(path);

            (backup.Format, backup.Compression, backup.State).ShouldBe((format, compression, ForeignState.Whole), $"{path}: {backup.Detail}");
            backup.Detail.ShouldContain("3 tables, 3,401 rows counted");
            backup.Bytes.ShouldBeGreaterThan(0);
        }
    }

    [Theory]
    [InlineData("custom", "--format=custom")]
    [InlineData("tar", "--format=tar")]
    [InlineData("plain")]
    [InlineData("plain gzip")]
    [InlineData("plain zstd")]
    [InlineData("custom gzip", "--format=custom", "--compress=0")]
    public async Task Cut_off_at_any_twentieth_of_its_length_it_is_told_as_truncated(string what, params string[] options)
    {
        await using var test = await ForeignCase.CreateAsync(server);
        var path = await test.DumpAsync("backup", options);
        if (what.EndsWith("gzip", StringComparison.Ordinal))
            await ForeignCase.GzipAsync(path);
        else if (what.EndsWith("zstd", StringComparison.Ordinal))
            await ForeignCase.ZstdAsync(path);
        var whole = await File.ReadAllBytesAsync(path, Token);
        (await test.LookAsync(path)).State.ShouldBe(ForeignState.Whole);

        // And by its last bytes, which of a packed file are only its checksum.
        foreach (var length in Enumerable.Range(0, 20).Select(part => whole.Length * part / 20).Concat(what == "plain" ? [] : [whole.Length - 3]))
        {
            await File.WriteAllBytesAsync(path, whole[..length], Token);

            var backup = await test.LookAsync(path);

            backup.State.ShouldBe(length == 0 ? ForeignState.Empty : ForeignState.Truncated, $"{length} of {whole.Length} bytes: {backup.Detail}");
        }
    }

    [Fact]
    public async Task A_directory_that_lacks_a_file_or_the_end_of_one_is_told_with_the_file()
    {
        await using var test = await ForeignCase.CreateAsync(server);
        var path = await test.DumpAsync("backup", "--format=directory");
        var raw = await test.DumpAsync("raw", "--format=directory", "--compress=0");
        var largest = new DirectoryInfo(path).GetFiles("*.dat.gz").MaxBy(file => file.Length)!;
        var largestRaw = new DirectoryInfo(raw).GetFiles("*.dat").Where(file => file.Name != "toc.dat").MaxBy(file => file.Length)!;
        await File.WriteAllBytesAsync(largest.FullName, (await File.ReadAllBytesAsync(largest.FullName, Token))[..^20], Token);
        await File.WriteAllBytesAsync(largestRaw.FullName, (await File.ReadAllBytesAsync(largestRaw.FullName, Token))[..^2000], Token);

        var cut = await test.LookAsync(path);
        var cutRaw = await test.LookAsync(raw);
        largest.Delete();
        var lacking = await test.LookAsync(path);

        cut.State.ShouldBe(ForeignState.Truncated);
        cut.Detail.ShouldContain(largest.Name);
        cutRaw.State.ShouldBe(ForeignState.Truncated, cutRaw.Detail);
        lacking.State.ShouldBe(ForeignState.Truncated, lacking.Detail);
    }

    [Fact]
    public async Task Flipped_bytes_in_what_is_packed_are_told_as_corrupt()
    {
        await using var test = await ForeignCase.CreateAsync(server);
        foreach (var path in new[] { await ForeignCase.GzipAsync(await test.DumpAsync("gzip")), await test.DumpAsync("custom", "--format=custom") })
        {
            var bytes = await File.ReadAllBytesAsync(path, Token);
            bytes[bytes.Length * 2 / 3] ^= 0x10;
            await File.WriteAllBytesAsync(path, bytes, Token);

            var backup = await test.LookAsync(path);

            backup.State.ShouldBeOneOf(ForeignState.Corrupt, ForeignState.Truncated);
            backup.Detail.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task A_backup_of_another_database_is_told_by_its_name_or_by_what_it_lacks()
    {
        await using var other = await ForeignCase.CreateAsync(server, "create table other (a int); insert into other values (1)");
        await using var test = await ForeignCase.CreateAsync(server);

        var named = await test.LookAsync(await other.DumpAsync("named", "--format=custom"));
        var unnamed = await test.LookAsync(await other.DumpAsync("unnamed"));
        var server_ = await test.LookAsync(Cluster(Path.Combine(test.Folder, "server"), "one", "two"));

        named.State.ShouldBe(ForeignState.OtherDatabase);
        named.Detail.ShouldBe($"it is of the database {other.Restore.Database.Name}, not of {test.Restore.Database.Name}");
        unnamed.State.ShouldBe(ForeignState.OtherDatabase);
        unnamed.Detail.ShouldContain("it lacks 3 of the 3 tables");
        server_.State.ShouldBe(ForeignState.OtherDatabase);
        server_.Detail.ShouldContain("one, two");
    }

    [Fact]
    public async Task What_is_empty_and_what_is_no_backup_is_told_with_what_it_is()
    {
        await using var test = await ForeignCase.CreateAsync(server);
        async Task<(ForeignState, string)> Of(string name, byte[] bytes)
        {
            await File.WriteAllBytesAsync(Path.Combine(test.Folder, name), bytes, Token);
            var backup = await test.LookAsync(Path.Combine(test.Folder, name));
            return (backup.State, backup.Detail);
        }

        (await Of("nothing", [])).Item1.ShouldBe(ForeignState.Empty);
        (await test.LookAsync(await test.DumpAsync("schema.sql", "--schema-only"))).Detail.ShouldContain("no row in 3 tables");
        (await Of("letter", "Dear all,\n"u8.ToArray())).Item1.ShouldBe(ForeignState.NotABackup);
        (await Of("mysql.sql", "-- MySQL dump 10.13\n"u8.ToArray())).ShouldBe((ForeignState.NotABackup, "it is a dump of MySQL"));
        (await Of("packed", [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0])).Item2.ShouldContain("xz");
        (await Of("utf16.sql", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("-- PostgreSQL")).ToArray())).Item2.ShouldContain("PowerShell");
        var folder = Directory.CreateDirectory(Path.Combine(test.Folder, "folder")).FullName;
        (await test.LookAsync(folder)).State.ShouldBe(ForeignState.NotABackup);
    }

    [Fact]
    public async Task Rows_written_as_inserts_are_rows_and_the_newest_of_a_folder_comes_first()
    {
        await using var test = await ForeignCase.CreateAsync(server);
        var old = await test.DumpAsync("old", "--format=custom");
        File.SetLastWriteTimeUtc(old, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-100));
        var inserts = await test.DumpAsync("inserts.sql", "--inserts", "--disable-triggers");
        var others = new ForeignBackups(PostgresServer.Programs, test.Restore.Configuration.Backup, token => ForeignExpectation.OfAsync(test.Restore.Database.Door, token), TimeProvider.System);

        var found = await others.FindAsync(test.Folder, Token);

        found.Select(backup => (backup.Path, backup.State)).ShouldBe([(inserts, ForeignState.Whole), (old, ForeignState.Whole)]);
        found[1].Detail.ShouldContain("only its beginning was read");
    }

    private static string Cluster(string path, params string[] databases)
    {
        var dumps = databases.Select(name => $"--\n-- Database \"{name}\" dump\n--\n\n--\n-- PostgreSQL database dump\n--\n\n--\n-- PostgreSQL database dump complete\n--\n\n");
        File.WriteAllText(path, $"--\n-- PostgreSQL database cluster dump\n--\n\n{string.Concat(dumps)}--\n-- PostgreSQL database cluster dump complete\n--\n\n");
        return path;
    }
}
