using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Upkeep.Postgres.Clusters;

/// <summary>The processes that belong to one cluster, told by its data folder and by nothing else.</summary>
internal static class ClusterProcesses
{
    /// <summary>Ids of the processes that were given the folder as an argument (initdb, pg_ctl, the server) or work in it (the server's children).</summary>
    /// <param name="data">The cluster's data folder, absolute.</param>
    public static IReadOnlyList<int> Of(string data)
    {
        var argument = Encoding.UTF8.GetBytes(data);
        return [.. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && id != Environment.ProcessId && Belongs(id, data, argument))];
    }

    /// <summary>Ends them at once. For what a proper stop left behind.</summary>
    public static async Task KillAsync(string data, CancellationToken cancellationToken)
    {
        foreach (var id in Of(data))
        {
            try
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
                await process.WaitForExitAsync(cancellationToken);
            }
            catch (ArgumentException)
            {
                // It ended by itself meanwhile, which is all we want.
            }
        }
    }

    private static bool Belongs(int id, string data, byte[] argument)
    {
        try
        {
            var folder = new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/cwd")).LinkTarget;
            return folder == data || folder == data + " (deleted)" || HasArgument(File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/cmdline")), argument);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile, or another user's: neither is ours to end.
            return false;
        }
    }

    private static bool HasArgument(ReadOnlySpan<byte> commandLine, ReadOnlySpan<byte> argument)
    {
        // The program's own name (the first) is no argument.
        var first = true;
        foreach (var range in commandLine.Split((byte)0))
        {
            if (!first && commandLine[range].SequenceEqual(argument))
                return true;
            first = false;
        }
        return false;
    }
}
