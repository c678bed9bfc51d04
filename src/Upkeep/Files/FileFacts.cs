using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Upkeep.Files;

/// <summary>What the kernel knows of a file (statx(2)). A link is itself, not what it points to.</summary>
/// <param name="Device">Major and minor number of its file system's device: with <paramref name="Inode"/> what tells one file from another, whatever its name.</param>
/// <param name="Mode">Permission bits, without the file's type.</param>
/// <param name="Links">Names that the file has.</param>
/// <param name="Size">Length in bytes.</param>
/// <param name="BlockSize">Bytes of a block of its file system.</param>
public sealed partial record FileFacts(ulong Device, ulong Inode, UnixFileMode Mode, uint User, uint Group, uint Links, long Size, uint BlockSize, bool IsRegular, bool IsLink)
{
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const int OfHandle = 0x1000;
    private const uint Basic = 0x7ff;
    private const uint Birth = 0x800;
    private const uint Unchanged = uint.MaxValue;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private const int AllocationUnit = 512;
    private const int TypeBits = 0xf000;
    private const int Regular = 0x8000;
    private const int SymbolicLink = 0xa000;
    private const int Missing = 2;
    private const int NoFolder = 20;

    /// <summary>The facts of what bears the name now, or null where nothing does.</summary>
    /// <exception cref="IOException">The kernel refuses to tell, for example for want of rights on the way to it.</exception>
    public static FileFacts? Of(string path) => Of(CurrentFolder, path, NoFollow);

    /// <summary>The facts of what a link leads to in the end.</summary>
    /// <inheritdoc cref="Of(string)"/>
    public static FileFacts? Behind(string path) => Of(CurrentFolder, path, 0);

    /// <summary>Bytes that it takes on the disk, which holes don't.</summary>
    public long Allocated { get; private init; }

    /// <summary>When it was made; null where its file system doesn't keep that.</summary>
    public DateTimeOffset? Born { get; private init; }

    /// <summary>When its content was changed last.</summary>
    public DateTimeOffset Modified { get; private init; }

    /// <summary>The facts of an open file, whatever its name is by now.</summary>
    public static FileFacts Of(SafeFileHandle file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Ask((int)file.DangerousGetHandle(), "", OfHandle, Basic | Birth, out var found) == 0 ? From(found)
            : throw new IOException($"An open file can't be looked at: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
    }

    /// <summary>The facts of an entry of an open folder; a link is itself. Null where there is none.</summary>
    internal static FileFacts? In(SafeFileHandle folder, string name) => Of((int)folder.DangerousGetHandle(), name, NoFollow);

    /// <summary>Gives another file this one's owner, where we may, its mode, access list and label: that very file, whatever bears its name by now.</summary>
    /// <param name="source">This one, open.</param>
    /// <param name="path">What the other is called, for messages.</param>
    public void Dress(SafeFileHandle source, SafeFileHandle target, string path)
    {
        // An ordinary user may give files to nobody, and only to groups of their own: theirs stay theirs.
        if (!Environment.IsPrivilegedProcess)
            _ = ChangeOwner(target, Unchanged, Group);
        else if (ChangeOwner(target, User, Group) != 0)
            throw new IOException($"{path} can't be given to user {User} and group {Group}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        File.SetUnixFileMode(target, Mode);
        ExtendedAttributes.Copy(source, target, path);
    }

    /// <summary>As <see cref="Dress"/>, without what the mode lets others than owner and group do.</summary>
    public void DressPrivately(SafeFileHandle source, SafeFileHandle target, string path)
    {
        Dress(source, target, path);
        File.SetUnixFileMode(target, File.GetUnixFileMode(target) & ~Others);
    }

    private static FileFacts? Of(int folder, string path, int flags)
    {
        if (Ask(folder, path, flags, Basic | Birth, out var found) == 0)
            return From(found);
        var error = Marshal.GetLastPInvokeError();
        return error is Missing or NoFolder ? null : throw new IOException($"{path} can't be looked at: {new Win32Exception(error).Message}");
    }

    /// <summary>Whether both are one file, under whatever names.</summary>
    public bool IsSameFile(FileFacts? other) => other is not null && (other.Device, other.Inode) == (Device, Inode);

    private static FileFacts From(Statx found) => new(((ulong)found.DeviceMajor << 32) | found.DeviceMinor, found.Inode, (UnixFileMode)(found.Mode & 0xfff), found.User, found.Group,
        found.Links, (long)found.Size, found.BlockSize, (found.Mode & TypeBits) == Regular, (found.Mode & TypeBits) == SymbolicLink)
    {
        Allocated = (long)found.Blocks * AllocationUnit,
        Born = (found.Mask & Birth) == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(found.BirthSecond),
        Modified = DateTimeOffset.FromUnixTimeSeconds(found.ModifiedSecond),
    };

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Ask(int folder, string path, int flags, uint mask, out Statx found);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    // The same on every architecture, which struct stat is not.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Statx
    {
        [FieldOffset(0)] public uint Mask;
        [FieldOffset(4)] public uint BlockSize;
        [FieldOffset(16)] public uint Links;
        [FieldOffset(20)] public uint User;
        [FieldOffset(24)] public uint Group;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public ulong Size;
        [FieldOffset(48)] public ulong Blocks;
        [FieldOffset(80)] public long BirthSecond;
        [FieldOffset(112)] public long ModifiedSecond;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;
    }
}
