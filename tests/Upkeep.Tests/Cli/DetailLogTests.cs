using Upkeep.Testing;

namespace Upkeep.Tests.Cli;

public sealed class DetailLogTests(PostgresServer server) : IDisposable
{
    private readonly ProgramFixture _upkeep = new(TimeProvider.System);

    [Fact]
    public async Task Verbose_tells_of_every_program_and_statement_with_the_number_of_its_message_and_only_verbose_does()
    {
        await using var database = await server.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        _upkeep.Configure($"platform: Test\nroot: maintenance\ndatabase:\n  url: {ProgramFixture.Url(database)}?sslmode=disable\nbackup:\n  folder: backups\n");

        await _upkeep.RunAsync("check", "--verbose");

        _upkeep.Log.ShouldContain("[Npgsql.Command/");
        _upkeep.Log.ShouldContain("[Upkeep.Processes/1001] ");
        _upkeep.Log.ShouldContain("[Upkeep.Processes/1002] ");
        var answer = _upkeep.Answer;
        await _upkeep.RunAsync("check");
        _upkeep.Log.ShouldBeEmpty();
        _upkeep.Answer.ShouldBe(answer);
    }

    public void Dispose() => _upkeep.Dispose();
}
