using System.Diagnostics;
using System.Text.Json;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Logs.Rotation;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Tests.Logs.Rotation;

public sealed class RenameTests : IDisposable
{
    private readonly LogFolder _logs = new();
    private readonly List<Process> _writers = [];
    private readonly LogRotation _rotation = new(new ProgramDoor(new Redactor([]), TimeProvider.System), LogFolder.NoLogrotate, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RotationRequest Request => _logs.Request with { Way = LogWay.Rename, Reopen = new ReopenSettings { Signal = ReopenSignal.Hup, Wait = TimeSpan.FromSeconds(10) } };

    [Fact]
    public async Task The_whole_log_is_archived_once_its_writer_holds_the_new_file_which_is_as_the_old_one_was()
    {
        var writer = Start("trap 'exec >> \"$0\"' HUP; exec >> \"$0\"; i=0; while [ ! -e \"$0.stop\" ]; do echo \"line $i\"; i=$((i+1)); done; echo $i > \"$0.count\"");
        await Filled();
        File.SetUnixFileMode(_logs.Log, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        var before = FileFacts.Of(_logs.Log)!;

        var (done, problem, notices) = await _rotation.RotateAsync(Request, Token);

        problem.ShouldBeNull();
        notices.ShouldBeEmpty();
        done.ShouldHaveSingleItem().Way.ShouldBe(LogWay.Rename);
        var after = FileFacts.Of(_logs.Log)!;
        after.ShouldSatisfyAllConditions(it => it.Inode.ShouldNotBe(before.Inode), it => it.Mode.ShouldBe(before.Mode), it => it.User.ShouldBe(before.User));
        OpenFiles.Of(after).Writers.ShouldContain(holder => holder.Process == writer.Id);
        // Who is neither owner nor of the group reads no archive, whatever the log lets them.
        File.GetUnixFileMode(done[0].Archive).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var count = await Stopped(writer);
        _logs.Written().ShouldBe(Enumerable.Range(0, count).Select(line => $"line {line}"));
        _logs.ShouldHaveNoTraces();
    }

    [Fact]
    public async Task A_log_that_nobody_writes_is_rotated_without_telling_anybody_to_its_unfinished_last_line()
    {
        File.WriteAllText(_logs.Log, "one\ntwo, unfinished");

        var (done, problem, _) = await _rotation.RotateAsync(Request with { Reopen = null }, Token);

        problem.ShouldBeNull();
        done.ShouldHaveSingleItem().Lines.ShouldBe(1);
        new FileInfo(_logs.Log).Length.ShouldBe(0);
        _logs.Written().ShouldBe(["one", "two, unfinished"]);
        (await _rotation.RotateAsync(Request, Token)).ShouldSatisfyAllConditions(it => it.Done.ShouldBeEmpty(), it => it.Problem.ShouldBeNull());
    }

    [Fact]
    public async Task A_writer_that_the_signal_would_end_is_not_told_and_the_log_stays()
    {
        var writer = Start("exec >> \"$0\"; while :; do echo line; done");
        await Filled();
        var before = FileFacts.Of(_logs.Log)!;

        var outcome = await _rotation.RotateAsync(Request, Token);

        outcome.Problem!.What.ShouldContain($"Process {writer.Id} does nothing of its own on SIGHUP");
        writer.HasExited.ShouldBeFalse();
        FileFacts.Of(_logs.Log)!.Inode.ShouldBe(before.Inode);
        _logs.ShouldHaveNoTraces();
        writer.Kill();
    }

    [Fact]
    public async Task A_log_whose_writer_hears_and_never_reopens_gets_its_name_back()
    {
        var writer = Start("trap : HUP; exec >> \"$0\"; i=0; while [ ! -e \"$0.stop\" ]; do echo \"line $i\"; i=$((i+1)); done; echo $i > \"$0.count\"");
        await Filled();
        var before = FileFacts.Of(_logs.Log)!;

        var outcome = await _rotation.RotateAsync(Request with { Reopen = new ReopenSettings { Signal = ReopenSignal.Hup, Wait = TimeSpan.FromMilliseconds(200) } }, Token);

        outcome.Done.ShouldBeEmpty();
        outcome.Problem!.What.ShouldContain($"(process {writer.Id}) still had");
        outcome.Problem.What.ShouldContain("has its name back");
        FileFacts.Of(_logs.Log)!.Inode.ShouldBe(before.Inode);
        var count = await Stopped(writer);
        _logs.Written().Count.ShouldBe(count);
        _logs.ShouldHaveNoTraces();
    }

    [Fact]
    public async Task Where_one_writer_reopens_and_another_never_does_each_line_is_in_one_file_and_is_archived_once_both_have_let_go()
    {
        var deaf = Start("trap : HUP; exec >> \"$0\"; i=0; while [ ! -e \"$0.stop\" ]; do echo \"deaf $i\"; i=$((i+1)); done; echo $i > \"$0.deaf\"");
        var keen = Start("trap 'exec >> \"$0\"' HUP; exec >> \"$0\"; i=0; while [ ! -e \"$0.stop\" ]; do echo \"keen $i\"; i=$((i+1)); done; echo $i > \"$0.keen\"");
        await Filled();

        var outcome = await _rotation.RotateAsync(Request with { Reopen = new ReopenSettings { Signal = ReopenSignal.Hup, Wait = TimeSpan.FromMilliseconds(300) } }, Token);

        outcome.Problem!.What.ShouldContain("Others write into the new");
        File.WriteAllText(_logs.Log + ".stop", "");
        await deaf.WaitForExitAsync(Token);
        await keen.WaitForExitAsync(Token);
        (await _rotation.RotateAsync(Request with { MinSize = long.MaxValue }, Token)).Done.ShouldHaveSingleItem();
        var written = _logs.Written();
        foreach (var name in new[] { "deaf", "keen" })
            written.Where(line => line.StartsWith(name, StringComparison.Ordinal)).ShouldBe(Enumerable.Range(0, int.Parse(File.ReadAllText($"{_logs.Log}.{name}"), System.Globalization.CultureInfo.InvariantCulture)).Select(line => $"{name} {line}"));
        _logs.ShouldHaveNoTraces();
    }

    [Theory]
    [InlineData("true", null)]
    [InlineData("false", "ended with status 1")]
    [InlineData("no-such-program", "no-such-program")]
    public async Task A_command_that_fails_puts_the_log_back(string program, string? problem)
    {
        var writer = Start("exec >> \"$0\"; while [ ! -e \"$0.stop\" ]; do echo line; done");
        await Filled();
        var before = FileFacts.Of(_logs.Log)!;

        var outcome = await _rotation.RotateAsync(Request with { Reopen = new ReopenSettings { Command = [program], Wait = TimeSpan.FromMilliseconds(200) } }, Token);
        File.WriteAllText(_logs.Log + ".stop", "");
        await writer.WaitForExitAsync(Token);

        outcome.Problem!.What.ShouldContain(problem ?? "still had");
        FileFacts.Of(_logs.Log)!.Inode.ShouldBe(before.Inode);
        _logs.ShouldHaveNoTraces();
    }

    [Fact]
    public async Task A_hard_linked_log_and_one_that_is_no_file_are_refused()
    {
        File.WriteAllText(_logs.Log, "line\n");
        (await _rotation.RotateAsync(Request with { Path = "/dev/null" }, Token)).Problem!.What.ShouldContain("no regular file");
        await Process.Start("mkfifo", [_logs.Log + ".fifo"]).WaitForExitAsync(Token);
        (await _rotation.RotateAsync(Request with { Path = _logs.Log + ".fifo" }, Token)).Problem!.What.ShouldContain("no regular file");
        await Process.Start("ln", [_logs.Log, _logs.Log + ".too"]).WaitForExitAsync(Token);
        (await _rotation.RotateAsync(Request, Token)).Problem!.What.ShouldContain("has 2 names");
        File.ReadAllText(_logs.Log).ShouldBe("line\n");
    }

    [Fact]
    public async Task On_a_full_disk_the_lines_stay_in_the_renamed_file_until_there_is_room()
    {
        await using var disk = await SmallDisk.MountAsync(Path.Combine(_logs.Folder, "small"), "1m", Token);
        var random = new Random(1);
        File.WriteAllLines(_logs.Log, Enumerable.Range(0, 40_000).Select(_ => Convert.ToBase64String(BitConverter.GetBytes(random.NextInt64())) + Convert.ToBase64String(BitConverter.GetBytes(random.NextInt64()))));
        var before = File.ReadAllLines(_logs.Log);
        File.WriteAllBytes(Path.Combine(disk.Folder, "filler"), new byte[500_000]);

        var outcome = await _rotation.RotateAsync(Request with { Folder = disk.Folder }, Token);

        outcome.Problem!.What.ShouldContain("could not be archived");
        File.AppendAllText(_logs.Log, "after\n");
        File.Delete(Path.Combine(disk.Folder, "filler"));
        var (done, problem, _) = await _rotation.RotateAsync(Request with { Folder = disk.Folder, MinSize = long.MaxValue }, Token);
        problem.ShouldBeNull();
        System.Text.Encoding.UTF8.GetString(LogFolder.Read(done.ShouldHaveSingleItem().Archive)).ShouldBe(string.Concat(before.Select(line => line + "\n")));
        File.ReadAllText(_logs.Log).ShouldBe("after\n");
    }

    // Every state in which a kill can leave the two files and the note.
    [Theory]
    [InlineData("noted", false)]
    [InlineData("exchanged", true)]
    [InlineData("copied", true)]
    [InlineData("archived", true)]
    [InlineData("removed", false)]
    [InlineData("put back", false)]
    [InlineData("put back, and somebody wrote", true)]
    [InlineData("successor only", false)]
    public async Task What_a_kill_left_is_finished(string state, bool archives)
    {
        string[] lines = [.. Enumerable.Range(0, 500).Select(line => $"line {line}")];
        File.WriteAllLines(_logs.Log, lines);
        var archive = ArchiveName.Free(Request, TimeProvider.System.GetUtcNow());
        var renamed = RenameIntent.NameOf(_logs.Log, archive);
        File.WriteAllText(renamed, "");
        var intent = new RenameIntent(_logs.Log, renamed, archive, FileFacts.Of(_logs.Log)!.Device, FileFacts.Of(_logs.Log)!.Inode, FileFacts.Of(renamed)!.Inode, WasHeld: false, TimeProvider.System.GetUtcNow());
        if (state != "successor only")
            File.WriteAllBytes(intent.File, JsonSerializer.SerializeToUtf8Bytes(intent));
        string[] after = [];
        switch (state)
        {
            case "exchanged":
                FileNames.Exchange(_logs.Log, renamed);
                break;
            case "copied" or "archived" or "removed":
                FileNames.Exchange(_logs.Log, renamed);
                using (var log = File.OpenHandle(renamed))
                    LogArchive.Write(state == "copied" ? intent.Part : archive, log, 0, RandomAccess.GetLength(log), ArchiveCompression.Zstd, null, Token);
                if (state == "removed")
                    File.Delete(renamed);
                break;
            case "put back, and somebody wrote":
                File.WriteAllText(renamed, "after\n");
                after = ["after"];
                break;
        }

        var (done, problem, _) = await _rotation.RotateAsync(Request with { MinSize = long.MaxValue }, Token);

        problem.ShouldBeNull();
        done.Count.ShouldBe(archives ? 1 : 0);
        _logs.Written().ShouldBe([.. lines, .. after]);
        _logs.ShouldHaveNoTraces();
    }

    [Fact]
    public async Task A_file_that_somebody_else_put_in_the_logs_place_at_the_last_moment_gets_its_name_back()
    {
        File.WriteAllText(_logs.Log, "before\n");
        var archive = ArchiveName.Free(Request, TimeProvider.System.GetUtcNow());
        var renamed = RenameIntent.NameOf(_logs.Log, archive);
        File.WriteAllText(renamed, "");
        var intent = new RenameIntent(_logs.Log, renamed, archive, FileFacts.Of(_logs.Log)!.Device, FileFacts.Of(_logs.Log)!.Inode, FileFacts.Of(renamed)!.Inode, WasHeld: false, TimeProvider.System.GetUtcNow());
        File.WriteAllBytes(intent.File, JsonSerializer.SerializeToUtf8Bytes(intent));
        // As logrotate does between our look and our exchange; and then we are killed.
        File.Move(_logs.Log, _logs.Log + ".1");
        File.WriteAllText(_logs.Log, "after\n");
        FileNames.Exchange(_logs.Log, renamed);

        var (done, problem, _) = await _rotation.RotateAsync(Request with { MinSize = long.MaxValue }, Token);

        problem.ShouldBeNull();
        done.ShouldBeEmpty();
        File.ReadAllText(_logs.Log).ShouldBe("after\n");
        File.ReadAllText(_logs.Log + ".1").ShouldBe("before\n");
        _logs.ShouldHaveNoTraces();
    }

    [Fact]
    public async Task Access_lists_and_attributes_of_the_log_are_the_new_files_and_the_archives_too()
    {
        File.WriteAllText(_logs.Log, "line\n");
        await Run("setfattr", "-n", "user.origin", "-v", "here", _logs.Log);
        await Run("setfacl", "-m", "u:nobody:r", _logs.Log);

        var archive = (await _rotation.RotateAsync(Request, Token)).Done.ShouldHaveSingleItem().Archive;

        foreach (var file in new[] { _logs.Log, archive })
        {
            (await Run("getfattr", "--only-values", "-n", "user.origin", file)).ShouldBe("here");
            (await Run("getfacl", "-c", file)).ShouldContain("user:nobody:r--");
        }
    }

    public void Dispose()
    {
        foreach (var writer in _writers)
        {
            if (!writer.HasExited)
                writer.Kill(entireProcessTree: true);
            writer.WaitForExit();
            writer.Dispose();
        }
        _logs.Dispose();
    }

    private static async Task<string> Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        process.ExitCode.ShouldBe(0);
        return said;
    }

    // Ended with the test, however it ends.
    private Process Start(string script)
    {
        var writer = Process.Start(new ProcessStartInfo("bash", ["-c", script, _logs.Log]))!;
        _writers.Add(writer);
        return writer;
    }

    /// <returns>How many lines it wrote.</returns>
    private async Task<int> Stopped(Process writer)
    {
        File.WriteAllText(_logs.Log + ".stop", "");
        await writer.WaitForExitAsync(Token);
        return int.Parse(File.ReadAllText(_logs.Log + ".count"), System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task Filled()
    {
        while (!File.Exists(_logs.Log) || new FileInfo(_logs.Log).Length < 40_000)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token);
    }
}
