using System.Globalization;

namespace Upkeep.Host.Resources;

/// <summary>What the control group that we are in may use of the memory (cgroups(7), both versions).</summary>
internal static class MemoryLimits
{
    /// <summary>The group with the least left among ours and those that it is in; null where none has a limit below the machine's memory.</summary>
    /// <param name="most">The machine's memory.</param>
    public static MemoryState? Of(ProcFolder proc, long most)
    {
        MemoryState? tightest = null;
        foreach (var mount in MountTable.Read(proc.Text("self/mountinfo")))
        {
            var unified = mount.Type == "cgroup2";
            if (!unified && (mount.Type != "cgroup" || !mount.SuperOptions.Contains("memory", StringComparer.Ordinal)) || Ours(proc, unified) is not { } group)
                continue;
            foreach (var folder in Upwards(mount, group))
            {
                if (Read(folder, unified, most) is { } state && (tightest is null || state.Available < tightest.Available))
                    tightest = state;
            }
        }
        return tightest;
    }

    private static string? Ours(ProcFolder proc, bool unified) => proc.Text("self/cgroup").Split('\n').Select(line => line.Split(':', 3))
        .FirstOrDefault(parts => parts.Length == 3 && (unified ? parts[0] == "0" && parts[1].Length == 0 : parts[1].Split(',').Contains("memory", StringComparer.Ordinal)))?[2];

    // A container may see its own group as the root of what is mounted, or of what is named.
    private static IEnumerable<string> Upwards(MountEntry mount, string group)
    {
        var below = mount.Root == "/" ? group : group == mount.Root ? "/" : group.StartsWith(mount.Root + "/", StringComparison.Ordinal) ? group[mount.Root.Length..] : "/";
        var parts = below.Contains("..", StringComparison.Ordinal) ? [] : below.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var depth = parts.Length; depth >= 0; depth--)
            yield return Path.Combine([mount.Point, .. parts.Take(depth)]);
    }

    private static MemoryState? Read(string folder, bool unified, long most)
    {
        var (limit, usage, cache) = unified ? ("memory.max", "memory.current", "inactive_file") : ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file");
        // The root of all has none.
        if (!File.Exists(Path.Combine(folder, limit)) || File.ReadAllText(Path.Combine(folder, limit)).Trim() is "max")
            return null;
        var bytes = Whole(folder, limit, File.ReadAllText(Path.Combine(folder, limit)));
        if (bytes >= most)
            return null;
        var used = Whole(folder, usage, File.ReadAllText(Path.Combine(folder, usage)));
        var gives = File.ReadLines(Path.Combine(folder, "memory.stat")).Select(line => line.Split(' ')).FirstOrDefault(words => words.Length == 2 && words[0] == cache)?[1];
        return new MemoryState(folder, bytes, Math.Clamp(bytes - used + (gives is null ? 0 : Whole(folder, "memory.stat", gives)), 0, bytes));
    }

    private static long Whole(string folder, string file, string text) => decimal.TryParse(text, CultureInfo.InvariantCulture, out var value)
        ? (long)Math.Min(value, long.MaxValue) : throw new InvalidDataException($"{Path.Combine(folder, file)} holds '{text.Trim()}'");
}
