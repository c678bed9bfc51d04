using System.Diagnostics;
using System.Text.Json;
using Upkeep.Postgres;
using Upkeep.Processes;

namespace Upkeep.Cli.Demo;

/// <summary>Where a demo's cluster and site are, written down so that a later call can end what was kept.</summary>
/// <param name="Cluster">The cluster's folder.</param>
/// <param name="Site">The site's process, once it runs.</param>
internal sealed record DemoTraces(string Cluster, ProcessIdentity? Site)
{
    public void Write(DemoSettings settings) => File.WriteAllText(settings.Traces, JsonSerializer.Serialize(this));

    /// <summary>Ends the site and removes the cluster that a kept or dead demo left below this folder.</summary>
    /// <returns>False where nothing was left.</returns>
    /// <exception cref="InvalidOperationException">That demo still runs.</exception>
    public static async Task<bool> ClearAsync(DemoSettings settings, ProgramDoor programs, CancellationToken cancellationToken)
    {
        if (!File.Exists(settings.Traces) || JsonSerializer.Deserialize<DemoTraces>(await File.ReadAllTextAsync(settings.Traces, cancellationToken)) is not { } traces)
            return false;
        // The cluster first: it refuses where its owner is alive, and then the site is that owner's too.
        var removed = await TemporaryCluster.RemoveAsync(traces.Cluster, programs, cancellationToken);
        if (traces.Site is { IsAlive: true } site)
        {
            using var process = Process.GetProcessById(site.Id);
            process.Kill();
            await process.WaitForExitAsync(cancellationToken);
            removed = true;
        }
        File.Delete(settings.Traces);
        return removed;
    }
}
