using System.Text.Json;
using Upkeep.Postgres;
using Upkeep.Postgres.Clusters;
using Upkeep.Processes;
using Upkeep.Testing;

namespace Upkeep.Tests.Postgres.Clusters;

public sealed class JanitorTests(PostgresServer server) : IDisposable
{
    private readonly ClusterFolder _folder = ClusterFolder.At(Path.Combine(Path.GetTempPath(), $"upkeep-janitor-{Guid.NewGuid():N}"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_owner_that_ends_without_a_word_leaves_no_server_and_no_folder()
    {
        await KeptClusterAsync();
        ClusterProcesses.Of(_folder.Data).ShouldNotBeEmpty();
        using var janitor = Janitor.Start(_folder).ShouldNotBeNull();

        // What the kernel does when the owner is killed.
        var status = await janitor.EndAsync(Token);

        status.ShouldBe(0);
        Directory.Exists(_folder.Path).ShouldBeFalse();
        ClusterProcesses.Of(_folder.Data).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dismissed_janitor_touches_nothing()
    {
        await KeptClusterAsync();
        var janitor = Janitor.Start(_folder).ShouldNotBeNull();

        await Janitor.DismissAsync(janitor);

        File.Exists(_folder.Marker).ShouldBeTrue();
        ClusterProcesses.Of(_folder.Data).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_janitor_for_a_folder_without_our_marker_touches_nothing()
    {
        Directory.CreateDirectory(_folder.Path);
        var letter = Path.Combine(_folder.Path, "letter.txt");
        await File.WriteAllTextAsync(letter, "mine", Token);

        await Janitor.RunAsync(new StringReader(""), _folder.Path, TimeProvider.System);

        File.Exists(letter).ShouldBeTrue();
        File.Delete(letter);
        Directory.Delete(_folder.Path);
    }

    [Fact]
    public async Task The_cluster_of_a_dead_owner_is_taken_away_at_the_next_start_in_its_folder()
    {
        var old = await KeptClusterAsync();
        var dead = ProcessIdentity.Current with { Started = ProcessIdentity.Current.Started - 1 };
        await File.WriteAllTextAsync(_folder.Marker, JsonSerializer.Serialize(_folder.Claimed()! with { Owner = dead }), Token);
        var servers = ClusterProcesses.Of(_folder.Data);

        await using var cluster = await TemporaryCluster.StartAsync(_folder.Path, [], PostgresServer.Programs, Token);

        servers.ShouldAllBe(id => ProcessIdentity.Of(id) == null);
        cluster.ShouldNotBeSameAs(old);
        ClusterProcesses.Of(_folder.Data).ShouldNotBeEmpty();
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder.Path))
            Janitor.RunAsync(new StringReader(""), _folder.Path, TimeProvider.System).GetAwaiter().GetResult();
    }

    private async Task<TemporaryCluster> KeptClusterAsync()
    {
        await server.ClusterAsync(Token);
        var cluster = await TemporaryCluster.StartAsync(_folder.Path, ["fsync = off"], PostgresServer.Programs, Token);
        await cluster.KeepAsync();
        return cluster;
    }
}
