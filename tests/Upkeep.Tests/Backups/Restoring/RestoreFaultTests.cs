using Npgsql;
using Upkeep.Backups;
using Upkeep.Backups.Restoring;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Testing;

namespace Upkeep.Tests.Backups.Restoring;

/// <summary>Each fault really happens, and is told for what it is.</summary>
public sealed class RestoreFaultTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_that_was_altered_in_the_restored_copy_is_found_by_its_digest()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        var backup = await test.BackupAsync();
        await using var copy = (await test.TestAsync(backup)).Copy.ShouldNotBeNull();
        await using (var session = await copy.Door.OpenAsync(Token))
            await session.ExecuteAsync("update public.events set title = 'event  17' where title = 'event 17'; delete from public.p1 where a = 1; insert into public.p1 values (3)", Token);

        var proven = await new RestoreProver(PostgresServer.Programs, test.Configuration.Backup, TimeProvider.System).ProveAsync(copy, ProofRequest.Of(backup.Manifest!), Token);

        proven.Holds.ShouldBeFalse();
        proven.Findings.Problems.ShouldBe(["public.events has other content in its 3000 rows", "public.p1 has other content in its 2 rows"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("MyShop")]
    [InlineData("Ödd \"DB\" 🐘")]
    public async Task A_database_whose_name_would_be_a_pattern_is_looked_through_all_the_same(string name)
    {
        await using var test = await RestoreCase.NamedAsync(server, name);
        await using var copy = (await test.TestAsync(await test.BackupAsync())).Copy.ShouldNotBeNull();

        (await new Integrity(PostgresServer.Programs, 2, 0).CheckAsync(copy, Token)).NotProven.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_index_that_lost_its_way_to_a_row_and_a_heap_with_a_broken_page_are_found()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        var backup = await test.BackupAsync();
        await using var copy = (await test.TestAsync(backup)).Copy.ShouldNotBeNull();
        // What a broken collation or a lost write does: the table has the rows, the index doesn't know them.
        await using (var session = await copy.Door.OpenAsync(Token))
        {
            await session.ExecuteAsync("set allow_system_table_mods = on; update pg_index set indisready = false, indisvalid = false where indrelid = 'public.venues'::regclass", Token);
            await session.ExecuteAsync("insert into public.venues select g, 'unseen' from generate_series(5000, 5100) g", Token);
            await session.ExecuteAsync("update pg_index set indisready = true, indisvalid = true where indrelid = 'public.venues'::regclass", Token);
        }

        var findings = await new Integrity(PostgresServer.Programs, 2, 0).CheckAsync(copy, Token);

        findings.NotProven.ShouldBeEmpty();
        findings.Problems.ShouldContain(problem => problem.Contains("venues_pkey", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_and_a_dump_that_is_gone_are_damage_that_is_written_down()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        var backup = await test.BackupAsync();
        var file = Path.Combine(backup.Folder, backup.Manifest!.Files[0].Path);
        File.Delete(file);
        File.CreateSymbolicLink(file, "/nowhere/at/all");

        (await test.TestAsync(backup)).Problem!.What.ShouldContain($"{backup.Manifest.Files[0].Path} can't be read: ");
        Directory.Delete(Path.Combine(backup.Folder, BackupStore.DumpFolder), recursive: true);
        (await test.TestAsync(backup)).Problem!.What.ShouldContain("is missing");

        (await test.Store.ReadProofAsync(backup.Name, Token)).ShouldNotBeNull().Holds.ShouldBeFalse();
    }

    [Fact]
    public async Task One_flipped_byte_anywhere_is_found_before_anything_is_restored()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        var backup = await test.BackupAsync();
        var random = new Random(20261122);
        foreach (var file in backup.Manifest!.Files)
        {
            var path = Path.Combine(backup.Folder, file.Path);
            var bytes = await File.ReadAllBytesAsync(path, Token);
            var flipped = bytes.ToArray();
            flipped[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(path, flipped, Token);

            var result = await test.TestAsync(backup);

            result.Copy.ShouldBeNull();
            result.Problem!.What.ShouldContain($"{file.Path} is not what was written");
            (await test.Store.ReadProofAsync(backup.Name, Token))!.Holds.ShouldBeFalse();
            Directory.Exists(test.Scratch).ShouldBeFalse();
            await File.WriteAllBytesAsync(path, bytes, Token);
        }
    }

    [Fact]
    public async Task A_backup_cut_off_at_any_twentieth_of_its_length_is_found_before_anything_is_restored()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        var backup = await test.BackupAsync();
        var largest = backup.Manifest!.Files.MaxBy(file => file.Bytes)!;
        var path = Path.Combine(backup.Folder, largest.Path);
        var whole = await File.ReadAllBytesAsync(path, Token);
        for (var part = 0; part < 20; part++)
        {
            await File.WriteAllBytesAsync(path, whole[..(whole.Length * part / 20)], Token);

            var result = await test.TestAsync(backup);

            result.Copy.ShouldBeNull();
            result.Problem!.What.ShouldContain($"{largest.Path} is not what was written");
        }
        Directory.Exists(test.Scratch).ShouldBeFalse();
    }

    [Theory]
    [InlineData("immediate")]
    [InlineData("fast")]
    public async Task A_scratch_server_that_is_stopped_while_it_is_filled_is_told_as_such_and_nothing_is_left(string mode)
    {
        await using var test = await RestoreCase.CreateAsync(server);
        await test.Database.ExecuteAsync("insert into events (venue, title) select 1, repeat('x', 200) || g from generate_series(1, 60000) g", Token);
        var backup = await test.BackupAsync();
        var stopped = Task.CompletedTask;
        var begun = 0;

        var result = await test.Tester.TestAsync(backup, (_, total, what) =>
        {
            if (total is not null && what is not null && what.Contains("TABLE DATA", StringComparison.Ordinal) && Interlocked.Exchange(ref begun, 1) == 0)
                stopped = StopAsync(Path.Combine(Directory.GetDirectories(test.Scratch).Single(), "data"), mode);
        }, Token);

        await stopped;
        begun.ShouldBe(1);
        result.Copy.ShouldBeNull();
        result.Problem!.What.ShouldContain("The scratch server was lost while the backup was restored on it");
        result.Problem.Hint!.ShouldContain("Production was not touched");
        test.NothingShouldBeLeft();
        // Lost is the server, not the backup: nothing is said of that.
        (await test.Store.ReadProofAsync(backup.Name, Token)).ShouldBeNull();
    }

    [Fact]
    public async Task A_disk_too_small_for_the_database_is_told_before_anything_is_made()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        var backup = await test.BackupAsync();
        await using var disk = await SmallDisk.MountAsync(Path.Combine(test.Harness.Root, "small"), "60m", Token);
        test.Configuration = On(test.Configuration, disk.Folder);

        var result = await test.TestAsync(backup);

        result.Problem!.What.ShouldContain($"are free in {disk.Folder}");
        Directory.GetFileSystemEntries(disk.Folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_disk_that_fills_up_while_it_is_restored_is_told_as_full_and_nothing_is_left()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        await test.Database.ExecuteAsync("insert into events (venue, title) select 1, repeat('x', 500) || g from generate_series(1, 60000) g", Token);
        var backup = await test.BackupAsync();
        await using var disk = await SmallDisk.MountAsync(Path.Combine(test.Harness.Root, "small"), "64m", Token);
        File.SetUnixFileMode(disk.Folder, RunningFolder);

        var (copy, problem) = await new DumpRestorer(PostgresServer.Programs, test.Configuration.Backup, TimeProvider.System).RestoreAsync(backup.Manifest!,
            Path.Combine(backup.Folder, BackupStore.DumpFolder), new RestoreRequest(Path.Combine(disk.Folder, "scratch-1"), (_, _, _) => { }), Token);

        await using var unwanted = copy;
        copy.ShouldBeNull();
        problem!.What.ShouldContain("is full");
        problem.Hint!.ShouldContain("backup: restore: folder");
        Directory.GetFileSystemEntries(disk.Folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_locale_that_this_machine_lacks_is_told_with_how_to_get_it()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        var backup = await test.BackupAsync();
        var manifest = backup.Manifest! with { Traits = backup.Manifest.Traits! with { Collate = "tlh_KX.UTF-8", CharacterType = "tlh_KX.UTF-8" } };

        var (copy, problem) = await new DumpRestorer(PostgresServer.Programs, test.Configuration.Backup, TimeProvider.System).RestoreAsync(manifest,
            Path.Combine(backup.Folder, BackupStore.DumpFolder), new RestoreRequest(Path.Combine(test.Scratch, "scratch-1"), (_, _, _) => { }), Token);

        copy.ShouldBeNull();
        problem!.What.ShouldContain("tlh_KX.UTF-8");
        problem.Hint!.ShouldContain("locale");
        test.NothingShouldBeLeft();
    }

    private const UnixFileMode RunningFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute;

    private static UpkeepConfiguration On(UpkeepConfiguration configuration, string folder) =>
        configuration with { Backup = configuration.Backup with { Restore = configuration.Backup.Restore with { Folder = folder } } };

    // As somebody at the machine would: by the server's own signal, not through anything of ours.
    private static async Task StopAsync(string data, string mode)
    {
        var postmaster = (await File.ReadAllLinesAsync(Path.Combine(data, "postmaster.pid"), Token))[0];
        await PostgresServer.Programs.RunAsync("kill", [mode == "immediate" ? "-KILL" : "-INT", postmaster], new Dictionary<string, string?>(), null, Token);
    }
}
