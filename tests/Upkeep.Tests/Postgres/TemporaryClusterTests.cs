using Npgsql;
using Upkeep.Postgres;
using Upkeep.Postgres.Clusters;
using Upkeep.Testing;

namespace Upkeep.Tests.Postgres;

public sealed class TemporaryClusterTests(PostgresServer server) : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("upkeep cluster's tests ").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Folder => Path.Combine(Shared(), "a cluster");

    [Fact]
    public async Task A_cluster_in_a_folder_with_spaces_answers_and_leaves_nothing_behind()
    {
        await server.ClusterAsync(Token);
        await using (var cluster = await TemporaryCluster.StartAsync(Folder, ["fsync = off"], PostgresServer.Programs, Token))
        {
            await using var connection = new NpgsqlConnection(cluster.ConnectionString());
            await connection.OpenAsync(Token);
            (await connection.ScalarAsync<string>("select current_setting('fsync')", Token)).ShouldBe("off");
            NpgsqlConnection.ClearPool(connection);
        }

        Directory.Exists(Folder).ShouldBeFalse();
        ClusterProcesses.Of(Path.Combine(Folder, "data")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_folder_that_is_not_ours_is_left_as_it_is()
    {
        await server.ClusterAsync(Token);
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(Path.Combine(Folder, "letter.txt"), "mine", Token);

        var problem = await Should.ThrowAsync<ClusterException>(() => TemporaryCluster.StartAsync(Folder, [], PostgresServer.Programs, Token));

        problem.Message.ShouldContain("stays as it is");
        (await File.ReadAllTextAsync(Path.Combine(Folder, "letter.txt"), Token)).ShouldBe("mine");
    }

    [Fact]
    public async Task A_second_cluster_in_the_folder_of_a_living_owner_is_refused()
    {
        await server.ClusterAsync(Token);
        await using var cluster = await TemporaryCluster.StartAsync(Folder, [], PostgresServer.Programs, Token);

        var problem = await Should.ThrowAsync<ClusterException>(() => TemporaryCluster.StartAsync(Folder, [], PostgresServer.Programs, Token));

        problem.Message.ShouldContain($"belongs to process {Environment.ProcessId}, which runs");
        (await AnswersAsync(cluster)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_setting_that_the_server_refuses_is_told_with_its_log_and_leaves_nothing_behind()
    {
        await server.ClusterAsync(Token);

        var problem = await Should.ThrowAsync<ClusterException>(
            () => TemporaryCluster.StartAsync(Folder, ["no_such_setting = 1"], PostgresServer.Programs, Token));

        problem.Message.ShouldContain("no_such_setting");
        Directory.Exists(Folder).ShouldBeFalse();
    }

    [Fact]
    public async Task A_folder_name_that_a_shell_would_read_is_refused()
    {
        var problem = await Should.ThrowAsync<ArgumentException>(
            () => TemporaryCluster.StartAsync(Path.Combine(_root, "$(touch x)"), [], PostgresServer.Programs, Token));

        problem.Message.ShouldContain("dollar sign");
    }

    [Fact]
    public async Task A_version_without_server_programs_is_told_with_its_folder()
    {
        var settings = new ClusterSettings { Folder = Folder, ProgramFolder = _root };

        var problem = await Should.ThrowAsync<ClusterException>(() => TemporaryCluster.StartAsync(settings, PostgresServer.Programs, Token));

        problem.Message.ShouldContain($"There is no initdb in {_root}");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_private_cluster_lets_nobody_in_without_its_password_which_stands_on_no_command_line_and_in_no_file()
    {
        await server.ClusterAsync(Token);
        await using var cluster = await TemporaryCluster.StartAsync(new ClusterSettings { Folder = Folder, Private = true, Nice = 5 }, PostgresServer.Programs, Token);
        var address = new NpgsqlConnectionStringBuilder(cluster.ConnectionString());
        var password = address.Password!;
        await using (var connection = new NpgsqlConnection(address.ToString()))
            await connection.OpenAsync(Token);

        address.Password = null;
        await using var stranger = new NpgsqlConnection(address.ToString());
        await Should.ThrowAsync<NpgsqlException>(() => stranger.OpenAsync(Token));

        Directory.GetDirectories("/proc").Select(process => Path.Combine(process, "cmdline")).Where(File.Exists).Select(Text).ShouldAllBe(line => !line.Contains(password, StringComparison.Ordinal));
        Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Select(Text).ShouldAllBe(text => !text.Contains(password, StringComparison.Ordinal));
        File.Exists(Path.Combine(Folder, "password")).ShouldBeFalse();
        var postmaster = File.ReadLines(Path.Combine(Folder, "data", "postmaster.pid")).First();
        // Field 19 of proc(5) is the nice value; the name in brackets may hold spaces.
        Text($"/proc/{postmaster}/stat").Split(')')[^1].Split(' ')[17].ShouldBe("5");
    }

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // A process that ended, or a file of the server's that went.
            return "";
        }
    }

    private static async Task<bool> AnswersAsync(TemporaryCluster cluster)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(cluster.ConnectionString()) { Pooling = false }.ToString());
        await connection.OpenAsync(Token);
        return await connection.ScalarAsync<int>("select 1", Token) == 1;
    }

    // Temporary folders are made for their owner only; the server's user has to pass.
    private string Shared()
    {
        File.SetUnixFileMode(_root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        return _root;
    }
}
