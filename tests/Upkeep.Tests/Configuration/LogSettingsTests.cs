using Upkeep.Configuration;

namespace Upkeep.Tests.Configuration;

public sealed class LogSettingsTests : IDisposable
{
    private readonly ConfigurationFixture _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Logs_and_how_their_writers_are_told_are_read()
    {
        var logs = _files.Right(ConfigurationFixture.Smallest + """
            logs:
              archives: old
              compression: gzip
              keep: 60 days
              masks: ['order [A-Z]{2}\d+']
              files:
                - {path: logs/app-*.log, minSize: 10 MiB, maxAge: 7 days}
                - {path: logs/access.log, reopen: {signal: usr1, pidFile: nginx.pid}}
                - {path: logs/unit.log, way: rename, reopen: {unit: scout.service, wait: 3s}}
            """).Logs;

        logs.Archives.ShouldBe(Path.Combine(_files.Folder, "old"));
        (logs.Compression, logs.Keep).ShouldBe((ArchiveCompression.Gzip, TimeSpan.FromDays(60)));
        logs.Files[0].ShouldBe(new LogFileSettings { Path = Path.Combine(_files.Folder, "logs/app-*.log"), MinSize = 10 << 20, MaxAge = TimeSpan.FromDays(7) });
        logs.Files[1].Reopen!.Signal.ShouldBe(ReopenSignal.Usr1);
        logs.Files[1].Reopen!.PidFile.ShouldBe(Path.Combine(_files.Folder, "nginx.pid"));
        logs.Files[2].Reopen!.Wait.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Theory]
    [InlineData("{keep: 0}", "logs.keep", "every archive")]
    [InlineData("{masks: ['(']}", "logs.masks[0]", "no regular expression")]
    [InlineData("{masks: ['x*']}", "logs.masks[0]", "nothing at all")]
    [InlineData("{files: [{path: a.log}, {path: a.log}]}", "logs.files[1].path", "earlier entry")]
    [InlineData("{archives: old, files: [{path: one/a.log}, {path: two/a.log}]}", "logs.files[1].path", "the same name")]
    [InlineData("{files: [{path: 'logs/*/a.log'}]}", "logs.files[0].path", "folder's name")]
    [InlineData("{files: [{path: a.log, way: rename}]}", "logs.files[0].way", "how it is told")]
    [InlineData("{files: [{path: a.log, way: collapse, reopen: {signal: hup}}]}", "logs.files[0].reopen", "collapse")]
    [InlineData("{files: [{path: a.log, reopen: {}}]}", "logs.files[0].reopen", "doesn't say")]
    [InlineData("{files: [{path: a.log, reopen: {signal: hup, unit: a.service}}]}", "logs.files[0].reopen", "more than one")]
    [InlineData("{files: [{path: a.log, reopen: {unit: a.service, pidFile: a.pid}}]}", "logs.files[0].reopen.pidFile", "only a signal")]
    public void What_can_not_work_is_told_with_its_place(string logs, string key, string words)
    {
        var problem = _files.Load(ConfigurationFixture.Smallest + $"logs: {logs}\n").Problems.ShouldHaveSingleItem();

        problem.Key.ShouldBe(key);
        problem.Message.ShouldContain(words);
        problem.Hint.ShouldNotBeNullOrEmpty();
    }
}
