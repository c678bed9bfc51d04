namespace Upkeep.Tests.Configuration;

public sealed class SecurityUpdateSettingsTests : IDisposable
{
    private readonly ConfigurationFixture _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("{origins: ['Debian-Security']}", "origins[0]", "no pattern of an archive")]
    [InlineData("{origins: ['o=Debian', 'label=Debian']}", "origins[1]", "no pattern of an archive")]
    [InlineData("{except: ['Linux Image']}", "except[0]", "no name of a package")]
    [InlineData("{listsMaxAge: 0}", "listsMaxAge", "never to be had")]
    public void What_can_not_work_is_told_with_its_place(string updates, string key, string words)
    {
        var problem = _files.Only(ConfigurationFixture.Smallest + $"host: {{securityUpdates: {updates}}}\n");

        problem.Key.ShouldBe($"host.securityUpdates.{key}");
        problem.Message.ShouldContain(words);
    }
}
