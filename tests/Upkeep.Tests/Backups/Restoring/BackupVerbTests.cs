using System.Text.Json;
using Upkeep.Cli;
using Upkeep.Postgres;
using Upkeep.Testing;
using Upkeep.Tests.Cli;

namespace Upkeep.Tests.Backups.Restoring;

/// <summary><c>upkeep backup verify</c> and <c>restore</c>, as a person or a script calls them.</summary>
public sealed class BackupVerbTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_restores_the_newest_and_says_in_json_what_it_proved()
    {
        await using var test = await RestoreCase.CreateAsync(server, "create table a (id int primary key); insert into a select generate_series(1, 100)");
        await test.BackupAsync();

        var call = await CallAsync(test, test.Database.ConnectionString, "backup", "verify", "--format", "json");

        call.Status.ShouldBe(ExitStatus.Success, call.Log);
        var answer = JsonDocument.Parse(call.Answer).RootElement;
        (answer.GetProperty("backup").GetString(), answer.GetProperty("holds").GetBoolean(), answer.GetProperty("rows").GetInt64()).ShouldBe((RestoreCase.Name, true, 100));
        answer.GetProperty("recoverySeconds").GetDouble().ShouldBeGreaterThan(0);
        answer.GetProperty("phases").GetArrayLength().ShouldBe(6);
        test.NothingShouldBeLeft();
    }

    [Fact]
    public async Task Verify_with_checksums_reads_the_files_only_and_ends_with_4_where_one_changed()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        var backup = await test.BackupAsync();

        var whole = await CallAsync(test, test.Database.ConnectionString, "backup", "verify", backup.Folder + "/", "--checksums");
        await File.AppendAllTextAsync(Path.Combine(backup.Folder, backup.Manifest!.Files[0].Path), "x", Token);
        var changed = await CallAsync(test, test.Database.ConnectionString, "backup", "verify", "--checksums");

        whole.Status.ShouldBe(ExitStatus.Success);
        changed.Status.ShouldBe(ExitStatus.Failed);
        changed.Answer.ShouldContain("is not what was written");
        (await CallAsync(test, test.Database.ConnectionString, "backup", "restore", RestoreCase.Name, "--into", test.Database.Name + "_copy")).Status.ShouldBe(ExitStatus.Failed);
        Directory.Exists(test.Scratch).ShouldBeFalse();
    }

    [Fact]
    public async Task Verify_of_a_backup_that_isnt_there_is_a_usage_error_that_names_the_nearest()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        await test.BackupAsync();

        var call = await CallAsync(test, test.Database.ConnectionString, "backup", "verify", "nightly-20261123");

        call.Status.ShouldBe(ExitStatus.Usage);
        call.Log.ShouldContain($"Did you mean {RestoreCase.Name}?");
    }

    [Fact]
    public async Task One_of_ours_that_lies_elsewhere_is_told_where_it_belongs()
    {
        await using var test = await RestoreCase.CreateAsync(server, "create table a (id int primary key)");
        var backup = await test.BackupAsync();
        var elsewhere = Path.Combine(test.Harness.Root, "elsewhere");
        Directory.Move(backup.Folder, elsewhere);

        var call = await CallAsync(test, test.Database.ConnectionString, "backup", "verify", elsewhere);

        call.Status.ShouldBe(ExitStatus.Usage);
        call.Log.ShouldContain($"{elsewhere} is a backup of upkeep's own, outside of backup: folder");
    }

    [Fact]
    public async Task Restore_makes_a_new_database_row_for_row_and_never_touches_one_that_is_there()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        await test.BackupAsync();
        var into = test.Database.Name + "_copy";

        var call = await CallAsync(test, test.Database.ConnectionString, "backup", "restore", RestoreCase.Name, "--into", into);
        var again = await CallAsync(test, test.Database.ConnectionString, "backup", "restore", RestoreCase.Name, "--into", into);

        call.Status.ShouldBe(ExitStatus.Success, call.Log);
        call.Answer.ShouldContain($"{RestoreCase.Name} was restored into {into}, row for row.");
        again.Status.ShouldBe(ExitStatus.Usage);
        again.Log.ShouldContain($"There is a database {into} on");
        await using var copy = new TestDatabase(test.Database.Cluster, into);
        (await copy.ScalarAsync<long>("select count(*) from public.events", Token)).ShouldBe(3000);
        (await DatabasesAsync(test)).ShouldBe([test.Database.Name, into], ignoreOrder: true);
    }

    [Fact]
    public async Task Restore_without_the_right_to_create_databases_says_which_statement_gives_it()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        await test.BackupAsync();
        var limited = await test.Database.LimitedAsync(Token, "select 1");

        var call = await CallAsync(test, limited.ConnectionString, "backup", "restore", RestoreCase.Name, "--into", test.Database.Name + "_copy");

        call.Status.ShouldBe(ExitStatus.Usage);
        call.Log.ShouldContain("may not create databases");
        call.Log.ShouldContain("CREATEDB");
        (await DatabasesAsync(test)).ShouldBe([test.Database.Name]);
    }

    [Fact]
    public async Task Restore_by_a_role_that_is_no_superuser_leaves_owners_out_and_what_a_killed_one_left_is_taken_away()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        await test.BackupAsync();
        var limited = await test.Database.LimitedAsync(Token, "alter role {0} createdb");
        var into = test.Database.Name + "_copy";
        await test.Database.ExecuteAsync($"create database {into}.part".Replace(into + ".part", $"\"{into}.part\"", StringComparison.Ordinal), Token);
        await test.Database.ExecuteAsync($"comment on database \"{into}.part\" is 'upkeep: an unfinished restore'; alter database \"{into}.part\" owner to limited_{test.Database.Name}", Token);

        var call = await CallAsync(test, limited.ConnectionString, "backup", "restore", RestoreCase.Name, "--into", into);

        call.Status.ShouldBe(ExitStatus.Success, call.Log + call.Answer);
        (await DatabasesAsync(test)).ShouldBe([test.Database.Name, into], ignoreOrder: true);
    }

    [Fact]
    public async Task What_a_restore_killed_before_it_could_sign_left_is_taken_away_only_where_nothing_is_in_it()
    {
        await using var test = await RestoreCase.CreateAsync(server);
        await test.BackupAsync();
        var (empty, used) = (test.Database.Name + "_copy", test.Database.Name + "_used");
        await test.Database.ExecuteAsync($"create database \"{empty}.part\"", Token);
        await test.Database.ExecuteAsync($"create database \"{used}.part\"", Token);
        await using var inside = new TestDatabase(test.Database.Cluster, used + ".part");
        await inside.ExecuteAsync("create table theirs (id int)", Token);
        Npgsql.NpgsqlConnection.ClearAllPools();

        var call = await CallAsync(test, test.Database.ConnectionString, "backup", "restore", RestoreCase.Name, "--into", empty);
        var refused = await CallAsync(test, test.Database.ConnectionString, "backup", "restore", RestoreCase.Name, "--into", used);

        call.Status.ShouldBe(ExitStatus.Success, call.Log + call.Answer);
        refused.Status.ShouldBe(ExitStatus.Usage);
        (await DatabasesAsync(test)).ShouldBe([test.Database.Name, empty, used + ".part"], ignoreOrder: true);
        await using var copy = new TestDatabase(test.Database.Cluster, empty);
    }

    private static async Task<IReadOnlyList<string>> DatabasesAsync(RestoreCase test) =>
        await test.Database.Door.QueryAsync("select datname::text from pg_database where starts_with(datname, $1) and datname !~ ($1 || '[0-9]')", row => row.GetString(0), Token, test.Database.Name);

    private static Task<UpkeepCall> CallAsync(RestoreCase test, string connectionString, params string[] arguments) =>
        UpkeepCall.RunAsync([.. arguments, "--config", test.WriteConfiguration(connectionString)]);
}
