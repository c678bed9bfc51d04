using System.Diagnostics;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Logs.Rotation;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Tests.Logs.Rotation;

/// <summary>Whom a rotation can't tell, it leaves with the log it has.</summary>
public sealed class ReopeningTests : IDisposable
{
    private readonly LogFolder _logs = new();
    private readonly LogWriters _writers;
    private readonly LogRotation _rotation = new(new ProgramDoor(new Redactor([]), TimeProvider.System), LogFolder.NoLogrotate, TimeProvider.System);

    public ReopeningTests() => _writers = new LogWriters(_logs);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string PidFile => _logs.Log + ".pid";

    [Theory]
    [InlineData("missing", "there is no such file")]
    [InlineData("no number\n", "'no number' is no process id of a writer")]
    [InlineData("1\n", "'1' is no process id of a writer")]
    [InlineData("2147483647\n", "no process 2147483647 runs")]
    [InlineData("folder", "can't be read")]
    public async Task A_pid_file_that_names_nobody_is_told_with_what_it_says_and_the_log_stays(string content, string told)
    {
        await WrittenAsync();
        if (content == "folder")
            Directory.CreateDirectory(PidFile);
        else if (content != "missing")
            await File.WriteAllTextAsync(PidFile, content, Token);
        var before = FileFacts.Of(_logs.Log)!.Inode;

        var (done, problem, _) = await _rotation.RotateAsync(_logs.Request with { Way = LogWay.Rename, Reopen = new ReopenSettings { Signal = ReopenSignal.Hup, PidFile = PidFile } }, Token);

        done.ShouldBeEmpty();
        problem!.What.ShouldContain(PidFile);
        problem.What.ShouldContain(told);
        FileFacts.Of(_logs.Log)!.Inode.ShouldBe(before);
        _logs.ShouldHaveNoTraces();
    }

    [Fact]
    public async Task A_writer_that_an_ordinary_user_may_not_see_is_not_signalled_on_a_guess_and_the_log_stays()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root can be another user besides.");
        await WrittenAsync();
        await OrdinaryAsync("chown", "-R", "65534:65534", Path.GetDirectoryName(_logs.Log)!);
        var before = FileFacts.Of(_logs.Log)!.Inode;

        var rotating = await OrdinaryAsync("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--", LogWriters.Program, "rename", _logs.Log, _logs.Folder, "hup");

        rotating.ExitCode.ShouldBe(4, rotating.Error);
        rotating.Error.ShouldContain("whom we may not see");
        FileFacts.Of(_logs.Log)!.Inode.ShouldBe(before);
        _logs.ShouldHaveNoTraces();
    }

    public void Dispose()
    {
        _writers.Dispose();
        _logs.Dispose();
    }

    private static Task<ProgramResult> OrdinaryAsync(string program, params string[] arguments) =>
        new ProgramDoor(new Redactor([]), TimeProvider.System).RunAsync(program, arguments, new Dictionary<string, string?>(), null, Token);

    private async Task WrittenAsync()
    {
        _writers.Start(LogWriters.Program, "reopen", _logs.Log, "dotnet", _writers.Stop);
        while (FileFacts.Of(_logs.Log) is not { Size: > 0 })
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
    }
}
