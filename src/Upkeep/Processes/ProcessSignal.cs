using System.Runtime.InteropServices;

namespace Upkeep.Processes;

/// <summary>Asks one process to end, by its id; never by a name.</summary>
public static partial class ProcessSignal
{
    private const int Sigterm = 15;

    /// <returns>False where there is no such process, or it isn't ours to ask.</returns>
    public static bool Terminate(int process) => process > 1 && Send(process, Sigterm) == 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Send(int process, int signal);
}
