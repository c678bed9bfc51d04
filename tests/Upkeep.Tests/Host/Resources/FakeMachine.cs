using Upkeep.Configuration;
using Upkeep.Host.Resources;
using Upkeep.Redaction;
using Upkeep.Testing;

namespace Upkeep.Tests.Host.Resources;

/// <summary>A folder with the kernel's files as a healthy machine has them, and programs of our own beside it.</summary>
internal sealed class FakeMachine : IDisposable
{
    public const string Boot = "15cf7d1d-2b8e-4989-bd05-1dfccf6dffb1";

    public FakeMachine()
    {
        Disk = Path.Combine(Root, "data");
        Directory.CreateDirectory(Disk);
        Proc("meminfo", "MemTotal:       16000000 kB\nMemFree:          100000 kB\nMemAvailable:   12000000 kB\nSwapTotal:       2000000 kB\nSwapFree:        1900000 kB\n");
        Proc("loadavg", "9.50 3.00 0.80 2/345 6789\n");
        Proc("stat", "cpu  1 2 3\ncpu0 1 2 3\ncpu1 1 2 3\nintr 5\n");
        foreach (var of in new[] { "cpu", "memory", "io" })
            Pressure(of, "1.50");
        Proc("self/mountinfo", Mounts());
        Proc("self/cgroup", "0::/\n");
        Proc("filesystems", "nodev\tproc\nnodev\ttmpfs\nnodev\toverlay\n\text4\n\txfs\n");
        Proc("sys/fs/file-nr", "3150\t0\t9223372036854775807\n");
        Proc("sys/kernel/random/boot_id", Boot + "\n");
        Proc("vmstat", "nr_free_pages 1\noom_kill 0\n");
        Drops(0);
        Directory.CreateDirectory(Systemd);
        Program("systemctl", "exit 0");
        Program("chronyc", "echo 'C0248F97,192.36.143.151,2,1764000000.123,-0.000012,0.000001,0.00002,1.7,0.0,0.01,0.002,0.0003,64.2,Normal'");
        Program("timedatectl", "echo yes");
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("upkeep-machine-").FullName;
    public string Disk { get; }
    public string Systemd => Path.Combine(Root, "run-systemd");

    private string Kernel => Path.Combine(Root, "proc");

    public void Proc(string file, string text) => Write(Path.Combine(Kernel, file), text);

    public void Remove(string file) => File.Delete(Path.Combine(Kernel, file));

    public void RemovePressure() => Directory.Delete(Path.Combine(Kernel, "pressure"), recursive: true);

    public void Pressure(string of, string percent) =>
        Proc($"pressure/{of}", $"some avg10=99.00 avg60=99.00 avg300={percent} total=123\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");

    public void Drops(int count) => Proc("net/netstat", $"TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 7 0 {count}\nIpExt: InNoRoutes\nIpExt: 0\n");

    /// <summary>Disks of this machine as the kernel tells of them: one on <see cref="Disk"/>, and more lines.</summary>
    public string Mounts(params string[] more) => string.Join('\n', [$"27 1 254:0 / {Disk} rw,relatime shared:1 - ext4 /dev/vda rw,discard", "22 27 0:21 / /proc rw,relatime - proc proc rw", .. more]) + "\n";

    public void Program(string name, string script)
    {
        var path = Path.Combine(Root, name);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <param name="missing">These programs aren't there.</param>
    public ResourcesStep Step(ResourceSettings settings, ResourcePast past, TimeProvider time, params string[] missing)
    {
        string At(string program) => Path.Combine(Root, missing.Contains(program) ? "no-such-" + program : program);
        var tools = new MachineTools(PostgresServer.Programs, TimeProvider.System) { SystemdMark = Systemd, Systemctl = At("systemctl"), Timedatectl = At("timedatectl"), Chronyc = At("chronyc") };
        return new ResourcesStep(settings, new ResourceLook(Kernel, tools, TimeProvider.System), () => past, Redactor.None, time);
    }

    public static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
