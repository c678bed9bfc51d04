using System.Runtime.InteropServices;

namespace Upkeep.Processes;

/// <summary>A program that leads a session of its own, with all that it started and that stayed in it.</summary>
internal sealed partial class ProcessGroup(int leader)
{
    private const int Sigkill = 9;
    private const int Sigterm = 15;

    public void Terminate() => Signal(Sigterm);

    public void Kill() => Signal(Sigkill);

    private void Signal(int signal)
    {
        // In its first moment it is still in our own session, and there is no such group: then it is alone.
        if (Send(-leader, signal) != 0)
            _ = Send(leader, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Send(int process, int signal);
}
