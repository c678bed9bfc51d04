using Upkeep.Discovery;
using Upkeep.Testing;
using Upkeep.Tests.Configuration;

namespace Upkeep.Tests.Discovery;

/// <summary>What <c>upkeep init</c> proposes for the logs that lie on the machine.</summary>
public sealed class FoundLogsTests(PostgresServer server) : IDisposable
{
    private readonly ConfigurationFixture _files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_platforms_own_logs_and_those_of_its_web_server_are_found_and_no_archives_or_links()
    {
        Write("scene scout/api.log", 5000);
        Write("scene scout/worker.log", 5000);
        Write("scene scout/api.log-20261101.zst", 5000);
        File.CreateSymbolicLink(Path.Combine(_files.Folder, "scene scout/link.log"), "/etc/passwd");
        Write("nginx/access.log", 1);
        Write("other/its.log", 1);

        var found = FoundLogs.Below(_files.Folder, "scene scout");

        found.ShouldBe([new FoundLogs(Path.Combine(_files.Folder, "scene scout/*.log"), 2, 16_384), new FoundLogs(Path.Combine(_files.Folder, "nginx/*.log"), 1, 4096)]);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../other")]
    [InlineData("/etc")]
    [InlineData("gone")]
    public void A_database_named_like_a_path_leads_nowhere(string platform) => FoundLogs.Below(_files.Folder, platform).ShouldBeEmpty();

    [Fact]
    public async Task Taking_the_marks_away_from_what_is_proposed_gives_a_valid_configuration()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        var proposal = Proposer.Propose(await Inventory.ReadAsync(database.Door, Token), "UTC") with { Logs = [new FoundLogs("/var/log/scene scout/*.log", 2, 1 << 20)] };
        var text = ConfigurationText.Write(proposal, null);

        text.ShouldContain("2 files, 1.0 MiB");
        _files.Variables["DATABASE_URL"] = "postgres://app@db.test/app";
        var right = _files.Right(Uncommented(Uncommented(Uncommented(text, "logs:"), "application:"), "host:"));
        right.Logs.Files.ShouldHaveSingleItem().Path.ShouldBe("/var/log/scene scout/*.log");
        right.Application.Folder.ShouldBe("/srv/app/current");
        right.Host.DiskCleanup.Rules.ShouldHaveSingleItem().Folder.ShouldBe("/srv/app/tmp");
    }

    public void Dispose() => _files.Dispose();

    private static string Uncommented(string text, string section)
    {
        var lines = text.Split('\n').ToList();
        var from = lines.FindIndex(line => line == $"# {section}");
        var count = lines.Skip(from).TakeWhile(line => line.StartsWith("# ", StringComparison.Ordinal)).Count();
        return string.Join('\n', lines.Select((line, at) => at >= from && at < from + count ? line[2..] : line));
    }

    private void Write(string file, int bytes)
    {
        var path = Path.GetFullPath(Path.Combine(_files.Folder, file));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, new byte[bytes]);
    }
}
