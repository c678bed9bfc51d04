using Upkeep.Configuration;
using Upkeep.Host.SecurityUpdates;

namespace Upkeep.Checking;

/// <summary>The machine's package manager: whether it can be asked, and whether what is approved may be installed.</summary>
public static class UpdateRequirements
{
    private const string Step = "host.security-updates";
    private const string Name = "security updates";

    /// <param name="user">Who upkeep runs as.</param>
    public static async Task<IReadOnlyList<Requirement>> LookAsync(SecurityUpdateSettings settings, PackageTools tools, string user, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(tools);
        var (look, problem) = await MachineLook.AtAsync(tools, cancellationToken);
        if (look is null)
            return [Requirement.Missing(Name, $"They can't be looked at: {problem!.What}", problem.Hint ?? "Leave the step out: steps: host.security-updates: enabled: false", Step)];
        var fetched = ListRefresh.LastFetched(look.Layout) is { } at ? $"fetched {Amount.Age(tools.Time.GetUtcNow() - at)} ago" : "never fetched";
        var neighbour = look.Neighbour(settings) is { } beside ? $"; {beside}" : "";
        var found = new List<Requirement> { Requirement.Met(Name, $"apt looks after {Counted.Of(look.Installed.Count, "package")}; its lists were {fetched}{neighbour}{(look.Busy is { } busy ? $"; {busy} is installing now" : "")}") };
        if (look.Interrupted is { } interrupted)
            found.Add(Requirement.Missing(Name, $"An installation was broken off: {interrupted}", settings.Apply ? "The run finishes it first; or as root: dpkg --configure -a" : "As root: dpkg --configure -a", Step));
        foreach (var right in UpdateRights.Of(user, settings, look.Layout))
        {
            if (!await tools.MayAsync(right.Asked, cancellationToken))
                found.Add(Requirement.Missing(Name, $"{user} may not {right.What}", $"This line allows just that (visudo -f /etc/sudoers.d/upkeep): {right.Line}", Step));
        }
        return found;
    }
}
