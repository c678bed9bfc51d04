using Upkeep.Host;

namespace Upkeep.Tests.Host;

public sealed class SudoersTests
{
    [Fact]
    public void A_line_allows_one_command_with_exactly_its_arguments() =>
        Sudoers.Line("upkeep", ["/usr/bin/apt-get", "-o", "Dir::Cache=/srv/a,b", "clean"]).ShouldBe(@"upkeep ALL=(root) NOPASSWD: /usr/bin/apt-get -o Dir\:\:Cache\=/srv/a\,b clean");

    [Fact]
    public void A_command_without_arguments_is_not_allowed_any() => Sudoers.Line("upkeep", ["/usr/sbin/needrestart"]).ShouldBe("upkeep ALL=(root) NOPASSWD: /usr/sbin/needrestart \"\"");

    [Fact]
    public void What_sudoers_would_read_as_a_wildcard_a_comment_or_a_negation_is_taken_as_it_is() =>
        Sudoers.Line("up keep", ["/opt/a b", "*", "#1", "!x", "a\\b"]).ShouldBe(@"up\ keep ALL=(root) NOPASSWD: /opt/a\ b \* \#1 \!x a\\b");

    [Fact]
    public void The_part_that_varies_is_an_expression_and_nothing_before_it_is() =>
        Sudoers.Line("upkeep", "/usr/bin/apt-get", ["install", "a+b", "--"], "[a-z]+").ShouldBe(@"upkeep ALL=(root) NOPASSWD: /usr/bin/apt-get ^install a\+b -- [a-z]+$");

    [Theory]
    [InlineData("/usr/bin/apt-get", "-o", "Dir::Cache=/srv/a,b", "clean")]
    [InlineData("/usr/sbin/needrestart")]
    [InlineData("/opt/a b", "*", "#1", "!x", "a\\b", "\"q\"", "it's")]
    public async Task The_lines_are_what_visudo_takes(params string[] command)
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/visudo"), "This machine has no visudo.");
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, Sudoers.Line("upkeep", command) + "\n", TestContext.Current.CancellationToken);
            var told = await Testing.PostgresServer.Programs.RunAsync("/usr/sbin/visudo", ["-c", "-f", file], new Dictionary<string, string?>(), null, TestContext.Current.CancellationToken);
            told.ExitCode.ShouldBe(0, told.Output);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
