using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Testing;

namespace Upkeep.Tests.Configuration;

public sealed class SeveralHostsTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("&target_session_attrs=read-write")]
    [InlineData("&target_session_attrs=primary")]
    public async Task The_host_that_answers_is_taken(string more)
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        var url = $"postgres://upkeep_demo@127.0.0.1:1,127.0.0.1:{database.Cluster.Port}/{database.Name}?sslmode=disable{more}";
        var address = DatabaseAddress.Read(url, static _ => null, "/");
        await using var door = new DatabaseDoor(address.Settings.ShouldNotBeNull());

        (await door.ScalarAsync<string>("select current_database()::text", Token)).ShouldBe(database.Name);
    }

    [Theory]
    [InlineData("host=/nowhere/run port=6543 dbname=app user=me")]
    [InlineData("postgres://me@/app?host=/nowhere/run&port=6543")]
    [InlineData("postgres://me@%2Fnowhere%2Frun:6543/app")]
    public async Task A_folder_as_host_is_a_unix_sockets(string url)
    {
        await using var door = new DatabaseDoor(DatabaseAddress.Read(url, static _ => null, "/").Settings.ShouldNotBeNull());

        var problem = await Should.ThrowAsync<DatabaseUnreachableException>(() => door.ScalarAsync<int>("select 1", Token));

        problem.InnerException.ShouldNotBeNull().Message.ShouldContain("/nowhere/run/.s.PGSQL.6543");
    }
}
