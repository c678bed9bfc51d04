using System.Diagnostics;
using System.Text.Json;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Logs.Rotation;
using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Tests.Logs.Rotation;

public sealed class CollapseTests : IDisposable
{
    private readonly LogFolder _logs = new();
    private readonly LogRotation _rotation = new(new ProgramDoor(new Redactor([]), TimeProvider.System), LogFolder.NoLogrotate, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ArchiveCompression.Zstd, "line {0} é")]
    [InlineData(ArchiveCompression.Gzip, "{{\"level\":30,\"msg\":\"line {0}\"}}")]
    public async Task Archived_and_live_lines_together_are_what_was_written_however_often_it_is_rotated(ArchiveCompression compression, string format)
    {
        var written = new List<string>();
        for (var round = 0; round < 4; round++)
        {
            string[] lines = [.. Enumerable.Range(round * 3000, 3000).Select(line => string.Format(System.Globalization.CultureInfo.InvariantCulture, format, line))];
            File.AppendAllLines(_logs.Log, lines);
            written.AddRange(lines);

            var (done, problem, _) = await _rotation.RotateAsync(_logs.Request with { Compression = compression }, Token);

            problem.ShouldBeNull();
            done.ShouldHaveSingleItem().Lines.ShouldBeGreaterThan(1000);
            _logs.Written().ShouldBe(written);
        }
        _logs.Archives().Count.ShouldBe(4);
        new FileInfo(_logs.Log).Length.ShouldBeLessThan(20_000);
        // Who reads JSON lines finds an object in the mark's place, too.
        if (format[0] == '{')
            JsonDocument.Parse(File.ReadLines(_logs.Log).First()).RootElement.GetProperty("upkeep").GetString().ShouldNotBeNull();
    }

    [Fact]
    public async Task An_unfinished_last_line_stays_and_a_log_that_one_line_fills_stays_whole()
    {
        File.WriteAllText(_logs.Log, new string('x', 100_000));
        (await _rotation.RotateAsync(_logs.Request, Token)).Done.ShouldBeEmpty();

        File.AppendAllText(_logs.Log, "\n" + string.Concat(Enumerable.Repeat("short\n", 5000)) + "unfinished");
        (await _rotation.RotateAsync(_logs.Request, Token)).Done.ShouldHaveSingleItem();

        _logs.Written()[^1].ShouldBe("unfinished");
        _logs.Written().Count.ShouldBe(5002);
    }

    [Fact]
    public async Task A_small_an_empty_and_a_missing_log_are_told_apart()
    {
        (await _rotation.RotateAsync(_logs.Request, Token)).Problem!.What.ShouldBe($"There is no {_logs.Log}.");
        File.WriteAllText(_logs.Log, "");
        (await _rotation.RotateAsync(_logs.Request, Token)).ShouldSatisfyAllConditions(it => it.Problem.ShouldBeNull(), it => it.Done.ShouldBeEmpty());
        File.WriteAllText(_logs.Log, "one\ntwo\n");
        (await _rotation.RotateAsync(_logs.Request, Token)).ShouldSatisfyAllConditions(it => it.Problem.ShouldBeNull(), it => it.Done.ShouldBeEmpty());
    }

    [Fact]
    public async Task A_link_is_not_followed()
    {
        var real = _logs.Log + ".real";
        File.WriteAllText(real, string.Concat(Enumerable.Repeat("line\n", 5000)));
        File.CreateSymbolicLink(_logs.Log, real);

        (await _rotation.RotateAsync(_logs.Request, Token)).Problem!.What.ShouldContain("is a link");

        new FileInfo(real).Length.ShouldBe(25_000);
    }

    [Fact]
    public async Task A_writer_that_keeps_its_own_position_would_write_behind_a_hole_and_is_refused()
    {
        using var writer = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Upkeep.RotationHost"), ["own", _logs.Log, "own", "5000"]) { RedirectStandardInput = true })!;
        while (!File.Exists(_logs.Log) || new FileInfo(_logs.Log).Length < 40_000)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);

        var (done, problem, _) = await _rotation.RotateAsync(_logs.Request, Token);
        writer.Kill();
        await writer.WaitForExitAsync(Token);

        done.ShouldBeEmpty();
        problem!.What.ShouldContain($"process {writer.Id}");
        problem.Hint!.ShouldContain("O_APPEND");
    }

    [Fact]
    public async Task A_mark_that_was_written_in_part_when_the_machine_died_is_written_anew()
    {
        string[] lines = [.. Enumerable.Range(0, 5000).Select(line => $"line {line}")];
        File.WriteAllLines(_logs.Log, lines);
        var intent = Intended();
        using (var log = File.OpenHandle(_logs.Log, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            var mark = RotationMark.Make(intent.Id, intent.At, false, (int)(intent.Cut - intent.Keep));
            RandomAccess.Write(log, mark.AsSpan(0, mark.Length / 2), intent.Keep);
        }

        (await _rotation.RotateAsync(_logs.Request with { MinSize = long.MaxValue }, Token)).Done.ShouldHaveSingleItem();

        _logs.Written().ShouldBe(lines);
    }

    [Fact]
    public async Task A_log_that_somebody_emptied_meanwhile_keeps_what_it_has_since()
    {
        string[] lines = [.. Enumerable.Range(0, 5000).Select(line => $"line {line}")];
        File.WriteAllLines(_logs.Log, lines);
        Intended();
        using (var log = File.OpenHandle(_logs.Log, FileMode.Open, FileAccess.Write))
            RandomAccess.SetLength(log, 0);
        File.AppendAllText(_logs.Log, "after\n");

        (await _rotation.RotateAsync(_logs.Request, Token)).Done.ShouldBeEmpty();

        File.ReadAllText(_logs.Log).ShouldBe("after\n");
        Directory.GetFiles(_logs.Folder, "*rotat*").Select(Path.GetFileName).ShouldBe([".upkeep-rotation.lock"]);
    }

    [Fact]
    public async Task A_log_that_somebody_renamed_meanwhile_is_found_by_its_inode_and_its_successor_is_left_alone()
    {
        string[] lines = [.. Enumerable.Range(0, 5000).Select(line => $"line {line}")];
        File.WriteAllLines(_logs.Log, lines);
        Intended();
        File.Move(_logs.Log, _logs.Log + ".1");
        File.WriteAllText(_logs.Log, "after\n");

        (await _rotation.RotateAsync(_logs.Request with { MinSize = long.MaxValue }, Token)).Done.ShouldHaveSingleItem();

        File.ReadAllText(_logs.Log).ShouldBe("after\n");
        File.Move(_logs.Log + ".1", _logs.Log, overwrite: true);
        _logs.Written().ShouldBe(lines);
    }

    [Fact]
    public async Task A_clock_that_jumped_back_neither_overwrites_an_archive_nor_rotates_by_age()
    {
        File.WriteAllText(_logs.Log, string.Concat(Enumerable.Repeat("line\n", 5000)));
        var today = (await _rotation.RotateAsync(_logs.Request, Token)).Done.ShouldHaveSingleItem().Archive;
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(-400));
        var past = new LogRotation(new ProgramDoor(new Redactor([]), time), LogFolder.NoLogrotate, time);
        var length = new FileInfo(today).Length;

        (await past.RotateAsync(_logs.Request with { MinSize = long.MaxValue, MaxAge = TimeSpan.FromDays(1) }, Token)).Done.ShouldBeEmpty();

        new FileInfo(today).Length.ShouldBe(length);
    }

    [Fact]
    public async Task A_log_is_due_by_its_age_whatever_its_size()
    {
        File.WriteAllText(_logs.Log, string.Concat(Enumerable.Repeat("line\n", 5000)));
        File.WriteAllText(Path.Combine(_logs.Folder, $"app.log-{TimeProvider.System.GetUtcNow().AddDays(-8):yyyyMMdd}.gz"), "");
        (await _rotation.RotateAsync(_logs.Request with { MinSize = long.MaxValue, MaxAge = TimeSpan.FromDays(20) }, Token)).Done.ShouldBeEmpty();

        (await _rotation.RotateAsync(_logs.Request with { MinSize = long.MaxValue, MaxAge = TimeSpan.FromDays(7) }, Token)).Done.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_log_whose_copy_is_gone_keeps_its_lines()
    {
        string[] lines = [.. Enumerable.Range(0, 5000).Select(line => $"line {line}")];
        File.WriteAllLines(_logs.Log, lines);
        File.Delete(Intended().Part);

        (await _rotation.RotateAsync(_logs.Request with { MinSize = long.MaxValue }, Token)).Done.ShouldBeEmpty();

        File.ReadAllLines(_logs.Log).ShouldBe(lines);
        Directory.GetFiles(_logs.Folder, "*rotat*").Select(Path.GetFileName).ShouldBe([".upkeep-rotation.lock"]);
    }

    [Fact]
    public async Task A_copy_that_somebody_took_away_after_the_front_was_gone_is_told_once_and_the_log_is_rotated_on()
    {
        File.WriteAllLines(_logs.Log, Enumerable.Range(0, 5000).Select(line => $"line {line}"));
        var intent = Intended();
        using (var log = File.OpenHandle(_logs.Log, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            RandomAccess.Write(log, RotationMark.Make(intent.Id, intent.At, false, (int)(intent.Cut - intent.Keep)), intent.Keep);
            FrontOfFile.Collapse(log, intent.Keep);
        }
        File.Delete(intent.Part);

        var (done, problem, notices) = await _rotation.RotateAsync(_logs.Request with { MinSize = long.MaxValue }, Token);

        (done.Count, problem).ShouldBe((0, null));
        notices.ShouldHaveSingleItem().ShouldContain($"{intent.Archive}, made of");
        File.Exists(intent.File).ShouldBeFalse();
        (await _rotation.RotateAsync(_logs.Request with { MinSize = long.MaxValue }, Token)).Notices.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_rotation_of_a_log_that_is_gone_since_is_finished_and_says_that_its_lines_may_stand_twice()
    {
        File.WriteAllLines(_logs.Log, Enumerable.Range(0, 5000).Select(line => $"line {line}"));
        var intent = Intended();
        File.Delete(_logs.Log);

        _rotation.Look(_logs.Request).ShouldSatisfyAllConditions(look => look.IsDue.ShouldBeTrue(), look => look.Problem.ShouldBeNull());
        var outcome = await _rotation.RotateAsync(_logs.Request, Token);

        outcome.Done.ShouldHaveSingleItem().Archive.ShouldBe(intent.Archive);
        outcome.Notices.ShouldHaveSingleItem().ShouldContain("may stand twice");
        outcome.Problem!.What.ShouldContain("There is no");
    }

    [Fact]
    public async Task On_a_full_disk_the_log_stays_as_it_is_and_nothing_is_left()
    {
        await using var disk = await SmallDisk.MountAsync(Path.Combine(_logs.Folder, "small"), "1m", Token);
        var random = new Random(1);
        File.WriteAllLines(_logs.Log, Enumerable.Range(0, 40_000).Select(_ => Convert.ToBase64String(Bytes(random))));
        var before = new FileInfo(_logs.Log).Length;

        (await _rotation.RotateAsync(_logs.Request with { Folder = disk.Folder }, Token)).Problem!.What.ShouldContain("was not rotated");

        new FileInfo(_logs.Log).Length.ShouldBe(before);
        Directory.GetFiles(disk.Folder).Select(Path.GetFileName).ShouldBe([".upkeep-rotation.lock"]);
    }

    [Fact]
    public async Task Archives_have_the_logs_mode()
    {
        File.WriteAllText(_logs.Log, string.Concat(Enumerable.Repeat("line\n", 5000)));
        File.SetUnixFileMode(_logs.Log, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        var archive = (await _rotation.RotateAsync(_logs.Request, Token)).Done.Single().Archive;

        File.GetUnixFileMode(archive).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
    }

    public void Dispose() => _logs.Dispose();

    // As it is when a rotation is killed right after its intent.
    private CollapseIntent Intended()
    {
        var facts = FileFacts.Of(_logs.Log)!;
        using var log = File.OpenHandle(_logs.Log);
        var cut = CollapseCut.Of(log, facts.Size, facts.BlockSize)!;
        var archive = ArchiveName.Free(_logs.Request, TimeProvider.System.GetUtcNow());
        var copied = LogArchive.Write(archive + ArchiveName.Unfinished, log, cut.From, cut.Cut, ArchiveCompression.Zstd, null, Token);
        var intent = new CollapseIntent(Guid.NewGuid().ToString("N"), _logs.Log, archive, facts.Device, facts.Inode, cut.From, cut.Cut, cut.Keep, false, TimeProvider.System.GetUtcNow(), copied, LogArchive.Hash(log, cut.From, cut.Keep));
        File.WriteAllBytes(intent.File, JsonSerializer.SerializeToUtf8Bytes(intent));
        return intent;
    }

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[48];
        random.NextBytes(bytes);
        return bytes;
    }
}
