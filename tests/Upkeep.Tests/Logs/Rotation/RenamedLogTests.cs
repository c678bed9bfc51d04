using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Logs;
using Upkeep.Logs.Rotation;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Tests.Logs.Rotation;

/// <summary>No line stands where nothing tells of it.</summary>
public sealed class RenamedLogTests : IDisposable
{
    private readonly LogFolder _logs = new();
    private readonly LogRotation _rotation = new(new ProgramDoor(new Redactor([]), TimeProvider.System), LogFolder.NoLogrotate, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RotationRequest Request => _logs.Request with { Way = LogWay.Rename };

    [Fact]
    public async Task A_renamed_log_with_lines_that_no_note_names_is_told_and_neither_removed_nor_in_the_way()
    {
        File.WriteAllText(_logs.Log, "now\n");
        var stray = RenameIntent.NameOf(_logs.Log, ArchiveName.Free(Request, TimeProvider.System.GetUtcNow()));
        File.WriteAllText(stray, "before\n");

        var (done, problem, notices) = await _rotation.RotateAsync(Request, Token);

        problem.ShouldBeNull();
        done.ShouldHaveSingleItem().Archive.ShouldEndWith("-2.zst");
        notices.ShouldHaveSingleItem().ShouldContain(stray);
        File.ReadAllText(stray).ShouldBe("before\n");
    }

    [Theory]
    [InlineData("lines")]
    [InlineData("a writer")]
    public void The_note_of_a_new_file_that_has_lines_or_a_writer_is_not_dropped(string what)
    {
        File.WriteAllText(_logs.Log, "before\n");
        var archive = ArchiveName.Free(Request, TimeProvider.System.GetUtcNow());
        var renamed = RenameIntent.NameOf(_logs.Log, archive);
        File.WriteAllText(renamed, what == "lines" ? "after\n" : "");
        var intent = new RenameIntent(_logs.Log, renamed, archive, FileFacts.Of(_logs.Log)!.Device, FileFacts.Of(_logs.Log)!.Inode, FileFacts.Of(renamed)!.Inode, WasHeld: false, TimeProvider.System.GetUtcNow());
        RotationNote.Write(intent.File, intent);
        using var writer = what == "lines" ? null : File.OpenHandle(renamed, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);

        RenamedLog.Forget(intent).ShouldBeTrue();

        File.Exists(intent.File).ShouldBeTrue();
        File.Exists(renamed).ShouldBeTrue();
    }

    [Fact]
    public async Task Two_logs_of_one_name_that_patterns_bring_together_in_one_folder_are_not_both_rotated_into_it()
    {
        var folder = Path.GetDirectoryName(_logs.Log)!;
        var other = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "other")).FullName, "app.log");
        File.WriteAllText(_logs.Log, "one\n");
        File.WriteAllText(other, "two\n");
        var logs = LogSet.Of(new LogSettings { Archives = _logs.Folder, Files = [new LogFileSettings { Path = Path.Combine(folder, "*.log") }, new LogFileSettings { Path = Path.Combine(folder, "other", "*.log") }] });

        logs.Select(log => log.Request.Namesake).ShouldBe([null, _logs.Log]);
        (await _rotation.RotateAsync(logs[1].Request, Token)).Problem!.What.ShouldContain($"has the name of {_logs.Log}");
        _rotation.Look(logs[1].Request).Problem.ShouldNotBeNull();
        File.ReadAllText(other).ShouldBe("two\n");
    }

    [Fact]
    public async Task A_sparse_log_with_no_text_at_all_comes_through()
    {
        using (var file = File.OpenHandle(_logs.Log, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(file, [0xff, 0xfe, 0x0a, 0x00], 0);
            RandomAccess.Write(file, "end\n"u8, 8 << 20);
        }
        var before = File.ReadAllBytes(_logs.Log);

        var archive = (await _rotation.RotateAsync(Request, Token)).Done.ShouldHaveSingleItem().Archive;

        LogFolder.Read(archive).ShouldBe(before);
    }

    public void Dispose() => _logs.Dispose();
}
