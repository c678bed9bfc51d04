using System.Runtime.InteropServices;

namespace Upkeep.Files;

/// <summary>What kind of thing bears a name in a folder.</summary>
internal enum EntryKind
{
    Unknown,
    File,
    Folder,
    Link,
    /// <summary>A socket, a pipe or a device.</summary>
    Special,
}

/// <summary>What the kernel tells of an entry (statx(2)), without anything on the heap: for folders of a million files.</summary>
/// <param name="Mount">Number of the mount that it is reached by, which also tells bind mounts apart; 0 where the kernel (before 5.8) doesn't tell.</param>
/// <param name="Links">Names that it has.</param>
/// <param name="Allocated">Bytes that it takes on the disk.</param>
/// <param name="LastUsed">
/// Seconds since 1970 (UTC): the newest of reading, writing and change of the entry itself. Reading alone isn't enough, because mounts may be
/// <c>noatime</c>, or <c>relatime</c>, which notes a reading once a day; writing alone isn't, because <c>tar</c> and <c>cp -p</c> give new files the time of old ones;
/// and the change (ctime), which nobody can set back, tells that a file has been moved, renamed or unpacked here.
/// </param>
/// <param name="Modified">Seconds since 1970 (UTC): the newest of writing and change, which looking into a folder doesn't move.</param>
internal readonly record struct EntryFacts(EntryKind Kind, ulong Device, ulong Mount, ulong Inode, uint Links, long Allocated, long LastUsed, long Modified)
{
    private const int AllocationUnit = 512;
    private const uint MountNumber = 0x1000;

    public bool IsSame(in EntryFacts other) => (Device, Inode) == (other.Device, other.Inode);

    /// <summary>Whether both are on one mount: the same file system, reached the same way.</summary>
    public bool IsWith(in EntryFacts other) => (Device, Mount) == (other.Device, other.Mount);

    public static EntryFacts From(in Statx found) => new(KindOf((found.Mode >> 12) & 0xf), ((ulong)found.DeviceMajor << 32) | found.DeviceMinor, (found.Mask & MountNumber) == 0 ? 0 : found.Mount,
        found.Inode, found.Links, (long)found.Blocks * AllocationUnit, Math.Max(found.AccessedSecond, Math.Max(found.ModifiedSecond, found.ChangedSecond)), Math.Max(found.ModifiedSecond, found.ChangedSecond));

    /// <param name="type">As in the upper four bits of a mode, and in <c>d_type</c> of a folder's entries.</param>
    public static EntryKind KindOf(int type) => type switch
    {
        0 => EntryKind.Unknown,
        4 => EntryKind.Folder,
        8 => EntryKind.File,
        10 => EntryKind.Link,
        _ => EntryKind.Special,
    };

    /// <summary>struct statx, the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Statx
    {
        [FieldOffset(0)] public uint Mask;
        [FieldOffset(16)] public uint Links;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(48)] public ulong Blocks;
        [FieldOffset(64)] public long AccessedSecond;
        [FieldOffset(96)] public long ChangedSecond;
        [FieldOffset(112)] public long ModifiedSecond;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;
        [FieldOffset(144)] public ulong Mount;
    }
}
