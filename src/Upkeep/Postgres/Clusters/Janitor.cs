using Upkeep.Processes;
using Upkeep.Redaction;

namespace Upkeep.Postgres.Clusters;

/// <summary>
/// A small process that waits for its owner's end and then takes the owner's cluster away: the owner may be killed in a way that leaves it
/// no last word. It is this product's own program, called again.
/// </summary>
public static class Janitor
{
    /// <summary>The hidden verb.</summary>
    public const string Verb = "janitor";

    private const string Program = "Upkeep.Cli";
    private const string Dismissed = "dismissed";

    /// <summary>Starts one for a folder; null where the program isn't beside us, and stale clusters are then only recognised at the next start.</summary>
    internal static Companion? Start(ClusterFolder folder)
    {
        var program = Path.Combine(AppContext.BaseDirectory, Program);
        return File.Exists(program) ? Companion.Start(program, [Verb, folder.Path], new Dictionary<string, string?>()) : null;
    }

    /// <summary>Tells the janitor that there is nothing left for it to do, or nothing that is to be removed.</summary>
    internal static async Task DismissAsync(Companion janitor)
    {
        try
        {
            janitor.Say(Dismissed);
            await janitor.EndAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            // Someone ended it before us; it has nothing left to do.
        }
        janitor.Dispose();
    }

    /// <summary>The janitor's whole life.</summary>
    /// <param name="owner">Standard input, whose other end the owner holds.</param>
    /// <param name="path">The cluster's folder.</param>
    public static async Task RunAsync(TextReader owner, string path, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(owner);
        // No token: whatever is sent to end the owner must not end the one that cleans up after it.
        if (await owner.ReadLineAsync(CancellationToken.None) == Dismissed)
            return;
        var folder = ClusterFolder.At(path);
        if (folder.Claimed() is not { } claim)
            return;
        var programs = new ClusterPrograms(new ProgramDoor(Redactor.None, time), claim.Bin, ClusterAccount.Choose());
        await ClusterRemains.RemoveAsync(folder, programs, CancellationToken.None);
    }
}
