using Microsoft.Extensions.Time.Testing;
using Upkeep.Configuration;
using Upkeep.Host.Resources;
using Upkeep.Journal;
using Upkeep.Testing;

namespace Upkeep.Tests.Host.Resources;

public sealed class DiskRoomTests : IDisposable
{
    private static readonly DateTimeOffset _now = new(2026, 11, 22, 6, 30, 0, TimeSpan.Zero);
    private readonly FakeMachine _machine = new();
    private readonly StepHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_day_a_disk_fills_is_told_and_one_odd_week_does_not_move_it()
    {
        var drive = new DriveInfo(_machine.Disk);
        var (used, perDay) = (drive.TotalSize - drive.TotalFreeSpace, drive.AvailableFreeSpace / 10.5);
        var past = Enumerable.Range(1, 6).Select(week => new ResourcePoint(_now.AddDays(-7 * week), "disk_used", _machine.Disk, week == 3 ? used * 3.0 : used - perDay * 7 * week)).ToList();

        var end = await RunAsync(new ResourceSettings { DiskFree = 0 }, past);

        end.Status.ShouldBe(StepStatus.Attention);
        var finding = _harness.Findings(ResourcesStep.Id).Single(one => one.Severity != Severity.Info);
        (finding.Code, finding.Severity).ShouldBe(("resources-disk-full-soon", Severity.Warning));
        finding.Message.ShouldContain("is full in 10 days (2026-12-02)");
        // Seven looks and both ends of the line through them.
        _harness.Measures(ResourcesStep.Id).Count(measure => measure.Name == "disk_used").ShouldBe(9);
    }

    [Fact]
    public async Task Inodes_run_out_by_a_day_of_their_own()
    {
        var inodes = Upkeep.Files.Inodes.Of(_machine.Disk)!;
        Assert.SkipWhen(inodes.Total == 0, "This file system counts no inodes.");
        var past = Enumerable.Range(1, 3).Select(week => new ResourcePoint(_now.AddDays(-7 * week), "inodes_used", _machine.Disk, inodes.Total - inodes.Free - inodes.Free / 5.5 * 7 * week)).ToList();

        await RunAsync(new ResourceSettings { DiskFree = 0 }, past);

        var finding = _harness.Findings(ResourcesStep.Id).Single(one => one.Severity != Severity.Info);
        (finding.Code, finding.Severity).ShouldBe(("resources-inodes-full-soon", Severity.Critical));
    }

    [Fact]
    public async Task A_disk_with_less_room_than_wanted_is_told()
    {
        await RunAsync(new ResourceSettings { DiskFree = 1 }, []);

        _harness.Findings(ResourcesStep.Id).Single(finding => finding.Code == "resources-disk-low").Message.ShouldContain("that ordinary users may fill");
    }

    [Fact]
    public async Task A_disk_that_is_gone_or_out_of_reach_is_not_checked_beside_the_others()
    {
        _machine.Proc("self/mountinfo", _machine.Mounts($"30 27 0:50 / {_machine.Root}/no\\040such rw - nfs4 server:/export rw"));

        await RunAsync(new ResourceSettings { DiskFree = 0 }, []);

        _harness.Findings(ResourcesStep.Id).Single(one => one.Code == "resources-disk-not-checked").Message.ShouldContain($"the room on {_machine.Root}/no such, because");
        _harness.Measures(ResourcesStep.Id).ShouldContain(measure => measure.Name == "free_bytes" && measure.Subject == _machine.Disk);
    }

    [Fact]
    public async Task A_file_that_a_container_brings_in_is_no_disk()
    {
        FakeMachine.Write(Path.Combine(_machine.Root, "hosts"), "");
        _machine.Proc("self/mountinfo", _machine.Mounts($"30 27 254:9 /containers/1/hosts {_machine.Root}/hosts rw - ext4 /dev/vdx rw"));

        await RunAsync(new ResourceSettings { DiskFree = 0 }, []);

        _harness.Measures(ResourcesStep.Id).Where(measure => measure.Name == "free_bytes").ShouldHaveSingleItem().Subject.ShouldBe(_machine.Disk);
        _harness.Findings(ResourcesStep.Id).ShouldNotContain(one => one.Code == "resources-disk-not-checked");
    }

    [Fact]
    public void What_is_reserved_for_root_is_neither_used_nor_free() =>
        new RoomState(Total: 1000, Used: 100, Free: 300).FreeShare.ShouldBe(0.75);

    [Fact]
    public async Task Mounts_that_are_left_out_are_not_looked_at()
    {
        await RunAsync(new ResourceSettings { DiskFree = 1, ExceptMounts = [_machine.Disk] }, []);

        _harness.Findings(ResourcesStep.Id).ShouldBeEmpty();
    }

    [Fact]
    public void Only_disks_that_can_fill_count_each_once_and_the_topmost_where_several_are_in_one_place()
    {
        const string table = """
            27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
            28 27 254:0 /var/lib/x /srv/x rw,relatime - ext4 /dev/vda rw
            29 27 254:1 / /data rw - xfs /dev/vdb rw
            30 29 254:2 / /data rw - ext4 /dev/vdc rw
            31 27 7:0 / /snap/core ro - squashfs /dev/loop0 ro
            32 27 0:30 / /run rw - tmpfs tmpfs rw
            33 27 254:3 / /boot/a\040b ro,relatime - ext4 /dev/vdd rw
            34 27 0:60 / /mnt/share rw - nfs4 server:/export rw
            35 27 0:61 / /var/lib/docker/overlay2/merged rw - overlay overlay rw
            half a line
            """;

        MountTable.Disks(MountTable.Read(table), "nodev\ttmpfs\n\text4\n\txfs\n\tsquashfs\n").Select(mount => (mount.Point, mount.Device))
            .ShouldBe([("/", "254:0"), ("/data", "254:2"), ("/mnt/share", "0:60")]);
    }

    [Theory]
    [InlineData("cgroup2", "rw", "0::/app/web", "memory.max", "memory.current", "inactive_file")]
    [InlineData("cgroup", "rw,memory", "4:memory:/app/web", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")]
    public async Task A_control_group_that_may_use_less_than_the_machine_counts_and_so_do_those_that_it_is_in(string type, string options, string group, string limit, string usage, string cache)
    {
        var mount = Path.Combine(_machine.Root, "cgroup");
        _machine.Proc("self/mountinfo", _machine.Mounts($"41 31 0:38 / {mount} rw - {type} {type} {options}"));
        _machine.Proc("self/cgroup", group + "\n");
        foreach (var (folder, most, used) in new[] { ("app/web", type == "cgroup2" ? "max" : "9223372036854771712", "700"), ("app", "1000000", "960000") })
        {
            FakeMachine.Write(Path.Combine(mount, folder, limit), most + "\n");
            FakeMachine.Write(Path.Combine(mount, folder, usage), used + "\n");
            FakeMachine.Write(Path.Combine(mount, folder, "memory.stat"), $"anon 5\n{cache} 20000\n");
        }

        await RunAsync(new ResourceSettings { DiskFree = 0 }, []);

        var finding = _harness.Findings(ResourcesStep.Id).Single(one => one.Code == "resources-memory-low");
        finding.Subject.ShouldBe(Path.Combine(mount, "app"));
        finding.Message.ShouldContain("(6 %)");
    }

    public void Dispose()
    {
        _harness.Dispose();
        _machine.Dispose();
    }

    private Task<StepEnded> RunAsync(ResourceSettings settings, IReadOnlyList<ResourcePoint> past) =>
        _harness.RunAsync(Token, _machine.Step(settings, new ResourcePast(past, []), new FakeTimeProvider(_now)));
}
