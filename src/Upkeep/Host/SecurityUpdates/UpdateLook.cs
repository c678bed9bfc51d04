using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Running;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>What is pending on a machine, and whether we may install it.</summary>
internal sealed class UpdateLook(SecurityUpdateSettings settings, PackageTools tools, MachineLook machine)
{
    /// <summary>apt's lists, fetched now where this is a run that may: a plan changes nothing, not even these.</summary>
    public async Task<ListState> ListsAsync(bool isRun, CancellationToken cancellationToken)
    {
        ListState Old(string why) => new(ListRefresh.LastFetched(machine.Layout), [], why);
        if (!(settings.Refresh ?? settings.Apply))
            return Old("neither apply nor refresh is true under host: securityUpdates");
        if (!isRun)
            return Old("a plan and a dry run don't fetch them");
        if (!await tools.MayAsync(ListRefresh.Update, cancellationToken))
            return Old($"{Environment.UserName} may not fetch them");
        if (await PackageLock.WaitAsync(PackageLock.OfLists(machine.Layout), settings.LockWait, tools.Time, static _ => { }, cancellationToken) is { } holder)
            return new ListState(ListRefresh.LastFetched(machine.Layout), [$"{holder} held {holder.File} for all of {Amount.Duration(settings.LockWait)}"], null);
        return await ListRefresh.RefreshAsync(tools, machine.Layout, cancellationToken);
    }

    public async Task<(UpdateSurvey? Survey, Problem? Problem)> SurveyAsync(CancellationToken cancellationToken)
    {
        var (offered, problem) = await AptPolicy.ReadAsync(tools, [.. machine.Installed.Keys], cancellationToken);
        if (offered is null)
            return (null, problem);
        var (security, others) = new PendingUpdates(settings).Of(machine.Installed, offered);
        // In the middle of somebody's installation, or after one that was broken off, a simulation tells nothing.
        if (machine.Busy is null && machine.Interrupted is null)
        {
            var (_, refused) = await Simulation.FitAsync(tools, [.. security.Where(update => update.State == UpdateState.Due)], cancellationToken);
            security = [.. security.Select(update => refused.FirstOrDefault(one => one.Package == update.Package) ?? update)];
        }
        return (new UpdateSurvey(security, others, machine.Installed.ToDictionary(one => one.Key, one => one.Value.Version), machine.Interrupted), null);
    }

    /// <summary>Whether this run installs: approved, not left to others, and allowed to.</summary>
    public async Task<(bool Applies, string? WhyNot)> AppliesAsync(CancellationToken cancellationToken)
    {
        if (!settings.Apply || (settings.LeaveToUnattended && machine.Layout.Unattended))
            return (false, null);
        // Any package will do: the rule is for all of them.
        return await tools.MayAsync(UpdateRights.Probe(settings), cancellationToken) ? (true, null) : (false, $"{Environment.UserName} may not install packages");
    }

    public IEnumerable<Finding> Surroundings(UpdateSurvey survey, bool applies, string? whyNot)
    {
        if (machine.Beside.Count > 0)
            yield return new Finding(Severity.Info, "updates-other-manager", $"{string.Join(" and ", machine.Beside)} is here too, and was not looked at: dpkg's database holds {Counted.Of(machine.Installed.Count, "package")}.");
        if (machine.Neighbour(settings) is { } neighbour)
            yield return new Finding(Severity.Info, "updates-unattended", $"{neighbour}.", "unattended-upgrades");
        if (machine.Busy is { } busy)
            yield return new Finding(Severity.Info, "updates-lock-held", $"{busy} is installing at this moment; what it has not finished yet is told as pending.", busy.File);
        if (whyNot is not null)
            yield return new Finding(Severity.Warning, "updates-not-permitted", $"Security updates are approved, and none can be installed: {whyNot}.", null, "Run it as root, or allow just that with the line that upkeep check prints.");
        if (survey.Interrupted is { } interrupted && !applies)
            yield return new Finding(Severity.Warning, "updates-interrupted", $"An installation was broken off: {interrupted}.", null, "As root: dpkg --configure -a");
    }
}
