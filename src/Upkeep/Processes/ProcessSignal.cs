using System.Globalization;
using System.Runtime.InteropServices;

namespace Upkeep.Processes;

/// <summary>Signals one process, by its id; never by a name.</summary>
public static partial class ProcessSignal
{
    private const int Sigterm = 15;

    /// <summary>Asks it to end.</summary>
    /// <returns>False where there is no such process, or it isn't ours to ask.</returns>
    public static bool Terminate(int process) => Give(process, Sigterm);

    /// <inheritdoc cref="Terminate"/>
    public static bool Give(int process, int signal) => process > 1 && Send(process, signal) == 0;

    /// <summary>Whether the process does something of its own on a signal. Most signals end one that doesn't.</summary>
    /// <returns>False also where there is no such process.</returns>
    public static bool Catches(int process, int signal)
    {
        const string label = "SigCgt:";
        try
        {
            var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status")).FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal));
            return line is not null && (Convert.ToUInt64(line[label.Length..].Trim(), 16) >> (signal - 1) & 1) == 1;
        }
        catch (IOException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Send(int process, int signal);
}
