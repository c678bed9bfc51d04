using System.Diagnostics;
using System.Net.Sockets;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Running;

namespace Upkeep.Tests.Host.DiskCleanup;

public sealed class DiskCleanupStepTests : IDisposable
{
    private readonly CleanupFolder _place = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_nobody_used_goes_and_everything_else_stays()
    {
        foreach (var going in new[] { "a.tmp", ".hidden.tmp", "deep/er/b.tmp", "deep/c.tmp", "with \"quotes\"\nand lines.tmp" })
            _place.File(going);
        var outside = Path.Combine(_place.Root, "precious.tmp");
        File.WriteAllText(outside, "precious");
        _place.File("young.tmp", inDays: 9);
        _place.File("from-a-clock-that-was-wrong.tmp", inDays: 500);
        _place.File("b.txt");
        File.CreateSymbolicLink(Path.Combine(_place.Folder, "link.tmp"), outside);
        File.CreateSymbolicLink(Path.Combine(_place.Folder, "folder.tmp"), _place.Root);
        (await RunAsync("mkfifo", Path.Combine(_place.Folder, "pipe.tmp"))).ShouldBe(0);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_place.Folder, "socket.tmp")));
        var rule = _place.Rule with { Pattern = "*.tmp" };
        var before = _place.Names();

        using var planning = new Testing.StepHarness();
        var plan = await planning.RunAsync(dryRun: true, Token, _place.Step(rule));
        plan.Summary!.ShouldContain($"would: remove 5 files (20 KiB) in {_place.Folder}/*.tmp: ");
        plan.Summary!.ShouldContain(".tmp (4.0 KiB, last used ");
        plan.Summary!.ShouldEndWith(", …");
        _place.Names().ShouldBe(before);
        var end = await _place.Harness.RunAsync(Token, _place.Step(rule));

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        end.Undo.ShouldBe(UndoState.None);
        end.Summary!.ShouldContain("removed 5 files (20 KiB)");
        _place.Names().ShouldBe(["b.txt", "deep", "deep/er", "folder.tmp", "from-a-clock-that-was-wrong.tmp", "link.tmp", "pipe.tmp", "socket.tmp", "young.tmp"]);
        File.ReadAllText(outside).ShouldBe("precious");
        var list = Path.Combine(_place.Harness.Folder, _place.Harness.Facts<ArtifactWritten>(CleanupFolder.Id).ShouldHaveSingleItem().Artifact.Path);
        File.ReadAllText(list).ShouldContain(Path.Combine(_place.Folder, "deep/er/b.tmp"));
        File.GetUnixFileMode(list).ShouldBe(RunFolder.OwnerOnlyFile);
        var measures = _place.Harness.Measures(CleanupFolder.Id).Where(measure => measure.Name == "removable_files").ToList();
        measures.Select(measure => (measure.Look, measure.Value)).ShouldBe([(Look.Before, 5), (Look.After, 0)]);
    }

    [Fact]
    public async Task Nothing_that_a_process_has_open_or_mapped_goes()
    {
        var (read, written, mapped) = (_place.File("read"), _place.File("written"), Path.Combine(_place.Folder, "mapped"));
        File.Copy("/bin/sleep", mapped);
        File.SetUnixFileMode(mapped, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _place.File("free");
        using var reader = Start("sh", "-c", "exec 3<\"$0\" 4>>\"$1\"; echo open; exec \"$2\" 60", read, written, mapped);
        (await reader.StandardOutput.ReadLineAsync(Token)).ShouldBe("open");
        while (new FileInfo($"/proc/{reader.Id}/exe").LinkTarget != mapped)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token);

        using var planning = new Testing.StepHarness();
        var plan = await planning.RunAsync(dryRun: true, Token, _place.Step());
        var end = await _place.Harness.RunAsync(Token, _place.Step());
        reader.Kill();
        await reader.WaitForExitAsync(Token);

        plan.Summary!.ShouldContain("would: remove 1 file ");
        end.Summary!.ShouldContain("removed 1 file ");
        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        _place.Names().ShouldBe(["mapped", "read", "written"]);
        _place.Harness.Findings(CleanupFolder.Id).ShouldHaveSingleItem().Message.ShouldContain("3 files");
    }

    [Fact]
    public async Task A_file_with_other_names_frees_its_room_with_the_last_of_them()
    {
        var (both, one) = (_place.File("both", 8192), _place.File("one", 8192));
        await LinkAsync(both, Path.Combine(_place.Folder, "sub-both"));
        await LinkAsync(one, Path.Combine(_place.Root, "outside"));

        using var planning = new Testing.StepHarness();
        (await planning.RunAsync(dryRun: true, Token, _place.Step())).Summary!.ShouldContain("would: remove 3 files (8.0 KiB)");
        (await _place.Harness.RunAsync(Token, _place.Step())).Summary!.ShouldContain("removed 3 files (8.0 KiB)");

        File.Exists(Path.Combine(_place.Root, "outside")).ShouldBeTrue();
    }

    [Fact]
    public async Task The_newest_stay_whatever_their_age_and_empty_folders_go_where_that_is_wanted()
    {
        for (var day = 0; day < 3; day++)
            _place.File($"builds/{day}/build.zip", inDays: day);
        Directory.CreateDirectory(Path.Combine(_place.Folder, "empty/er"));

        var end = await _place.Harness.RunAsync(Token, _place.Step(_place.Rule with { KeepNewest = 1, EmptyFolders = true }));

        end.Summary!.ShouldContain("removed 2 files (8.0 KiB) and 4 empty folders");
        _place.Names().ShouldBe(["builds", "builds/2", "builds/2/build.zip"]);
    }

    [Fact]
    public async Task While_enough_is_free_nothing_goes_and_else_no_more_than_it_takes_the_longest_unused_first()
    {
        await using var disk = await SmallDisk.MountAsync(Path.Combine(_place.Root, "disk"), "4m", Token);
        var folder = Directory.CreateDirectory(Path.Combine(disk.Folder, "cache")).FullName;
        foreach (var day in new[] { 2, 0, 1 })
        {
            var file = Path.Combine(folder, $"{day}");
            File.WriteAllBytes(file, new byte[1 << 20]);
            File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().AddDays(day).UtcDateTime);
        }
        var rule = _place.Rule with { Folder = folder };

        using var satisfied = new Testing.StepHarness();
        (await satisfied.RunAsync(Token, _place.Step(rule with { KeepFree = 512 << 10 }))).Summary!.ShouldContain("enough is free");
        var end = await _place.Harness.RunAsync(Token, _place.Step(rule with { KeepFree = 1536 << 10 }));

        end.Summary!.ShouldContain("removed 1 file (1.0 MiB)");
        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        Directory.GetFiles(folder).Select(Path.GetFileName).Order().ShouldBe(["1", "2"]);
        using var unreachable = new Testing.StepHarness();
        await unreachable.RunAsync(Token, _place.Step(rule with { KeepFree = 1L << 30 }));
        unreachable.Findings(CleanupFolder.Id).ShouldContain(finding => finding.Code == "cleanup-not-enough");
        Directory.GetFiles(folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_is_removed_across_a_mount_a_bind_mount_included_and_a_mount_point_is_not_cleaned()
    {
        await using var disk = await SmallDisk.MountAsync(Path.Combine(_place.Folder, "disk"), "1m", Token);
        var bound = Directory.CreateDirectory(Path.Combine(_place.Folder, "bound")).FullName;
        var elsewhere = Directory.CreateDirectory(Path.Combine(_place.Root, "elsewhere")).FullName;
        File.WriteAllText(Path.Combine(elsewhere, "precious"), "");
        File.WriteAllText(Path.Combine(disk.Folder, "precious"), "");
        var mountedFile = _place.File("mounted-over");
        _place.File("going");
        (await RunAsync("mount", "--bind", elsewhere, bound)).ShouldBe(0);
        (await RunAsync("mount", "--bind", Path.Combine(elsewhere, "precious"), mountedFile)).ShouldBe(0);
        try
        {
            var end = await _place.Harness.RunAsync(Token, _place.Step(_place.Rule with { EmptyFolders = true }, _place.Rule with { Folder = bound }));

            end.Summary!.ShouldContain("removed 1 file ");
            _place.Names().ShouldBe(["bound", "bound/precious", "disk", "disk/precious", "mounted-over"]);
            _place.Harness.Findings(CleanupFolder.Id).Select(finding => finding.Code).ShouldBe(["cleanup-other-mounts", "cleanup-folder-not-checked"]);
            _place.Harness.Findings(CleanupFolder.Id)[1].Message.ShouldContain("is a mount point");
        }
        finally
        {
            await RunAsync("umount", mountedFile);
            await RunAsync("umount", bound);
        }
    }

    [Fact]
    public async Task A_folder_that_is_not_there_or_is_behind_a_link_is_a_finding_and_the_others_are_cleaned()
    {
        _place.File("going");
        var link = Path.Combine(_place.Root, "link");
        Directory.CreateSymbolicLink(link, _place.Folder);
        Directory.CreateDirectory(Path.Combine(_place.Folder, "sub"));

        var end = await _place.Harness.RunAsync(Token, _place.Step(_place.Rule with { Folder = "/no/such/folder" }, _place.Rule with { Folder = Path.Combine(link, "sub") }, _place.Rule));

        end.Status.ShouldBe(StepStatus.Attention);
        end.Summary!.ShouldContain("removed 1 file ");
        _place.Harness.Findings(CleanupFolder.Id).Select(finding => finding.Message).ShouldBe([
            "Not checked: what can go from /no/such/folder: There is no folder /no/such/folder, nor /no that it should be in.",
            $"Not checked: what can go from {link}/sub: {link} is a link, which is not followed: name the folder that it leads to."]);
    }

    [Fact]
    public async Task Without_the_kernels_word_a_file_of_somebody_else_stays()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can run something as somebody else.");
        var root = Directory.CreateDirectory(Path.Combine(_place.Root, "of-nobody")).FullName;
        foreach (var folder in new[] { _place.Root, _place.Folder, root })
            File.SetUnixFileMode(folder, (UnixFileMode)0x1ff);
        _place.File("of-root");
        var own = _place.File("of-nobody");
        (await RunAsync("chown", "65534", own)).ShouldBe(0);
        var host = CopiedHost();

        using var process = Start("setpriv", "--reuid", "65534", "--clear-groups", host, root, "weekly-1", _place.Folder, "0");
        await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);

        _place.Names().ShouldBe(["of-root"]);
        using var journal = JournalFile.Open(Path.Combine(root, "journal.db"), Upkeep.Redaction.Redactor.None, TimeProvider.System);
        journal.Read("weekly-1").Select(entry => entry.Fact).OfType<FindingRaised>().Select(fact => fact.Finding.Code).ShouldBe(["cleanup-use-not-checked"]);
    }

    [Fact]
    public async Task A_folder_that_became_a_link_after_the_look_is_left_with_a_word_and_the_others_are_cleaned()
    {
        _place.File("precious");
        var other = Directory.CreateDirectory(Path.Combine(_place.Root, "other")).FullName;
        File.WriteAllText(Path.Combine(other, "going"), "");
        // Asked between the look at the folders and the work.
        var caches = _place.WithProgram("docker", $"[ -L '{_place.Folder}' ] || {{ mv '{_place.Folder}' '{_place.Folder}.away'; ln -s '{_place.Folder}.away' '{_place.Folder}'; }}; echo '{{\"Type\":\"Images\",\"TotalCount\":\"0\"}}'");
        var settings = new DiskCleanupSettings { Rules = [_place.Rule, _place.Rule with { Folder = other }], Images = new ImageCleanupSettings() };

        var end = await _place.Harness.RunAsync(Token, _place.Step(settings, caches));

        end.Status.ShouldBe(StepStatus.Attention, end.Reason);
        end.Summary!.ShouldContain("removed 1 file ");
        File.Exists(_place.Folder + ".away/precious").ShouldBeTrue();
        Directory.GetFiles(other).ShouldBeEmpty();
        var finding = _place.Harness.Findings(CleanupFolder.Id).ShouldHaveSingleItem();
        finding.Message.ShouldBe($"Nothing was removed from {_place.Folder}: {_place.Folder} is a link, which is not followed: name the folder that it leads to.");
        finding.Hint!.ShouldContain($"ls -ld {_place.Folder}");
    }

    [Fact]
    public async Task Asked_to_stop_it_ends_between_two_pieces_and_going_on_removes_the_rest_counting_all()
    {
        for (var file = 0; file < 3000; file++)
            _place.File($"{file / 100}/{file}", bytes: 1);
        using var stop = new StopSignal();
        var step = _place.Step(100);
        var plan = new Plan([new PlannedStep(step.Definition with { Requires = [] }, PlanDecision.Run, null, null, TimeSpan.FromMinutes(5))]);

        await new Runner(_place.Harness.Journal, TimeProvider.System, heard =>
        {
            if (heard is RunEvent.StepMoved)
                stop.Request("the window ends");
        }).RunAsync(Testing.StepHarness.Run, plan, new Dictionary<string, Step> { [step.Definition.Id] = step }, new RunFrame(_place.Harness.Folder, Deadlines.None, false, TimeSpan.FromSeconds(30)), stop, Token);
        var stopped = _place.Harness.Facts<StepEnded>(CleanupFolder.Id)[^1];
        var left = Directory.GetFiles(_place.Folder, "*", SearchOption.AllDirectories).Length;
        var end = await _place.Harness.RunAsync(Token, _place.Step(100));

        stopped.Reason!.ShouldContain("the window ends");
        left.ShouldBeInRange(1, 2900);
        stopped.Summary!.ShouldContain($"removed {3000 - left:N0} files ");
        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        end.Summary!.ShouldContain("removed 3,000 files (12 MiB)");
        Directory.GetFiles(_place.Folder, "*", SearchOption.AllDirectories).ShouldBeEmpty();
        File.ReadAllLines(Path.Combine(_place.Harness.Folder, "host/removed.csv")).Skip(1).Distinct(StringComparer.Ordinal).Count().ShouldBe(3000);
    }

    public void Dispose() => _place.Dispose();

    // Where the tests are built others may not look.
    private string CopiedHost()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_place.Root, "host")).FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0x1ff);
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        foreach (var native in Directory.EnumerateFiles(AppContext.BaseDirectory, "libe_sqlite3.so", SearchOption.AllDirectories).Where(file => file.Contains("linux-x64", StringComparison.Ordinal)))
            File.Copy(native, Path.Combine(folder, Path.GetFileName(native)), overwrite: true);
        return Path.Combine(folder, "Upkeep.CleanupHost");
    }

    private static async Task LinkAsync(string file, string name) => (await RunAsync("ln", file, name)).ShouldBe(0);

    private static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;

    private static async Task<int> RunAsync(string program, params string[] arguments) =>
        (await Testing.PostgresServer.Programs.RunAsync(program, arguments, new Dictionary<string, string?>(), null, Token)).ExitCode;
}
