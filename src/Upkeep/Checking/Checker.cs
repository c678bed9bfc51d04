using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Host.SecurityUpdates;
using Upkeep.Host.DiskCleanup;
using Upkeep.Maintenance;
using Upkeep.Planning;

namespace Upkeep.Checking;

/// <summary>Reaches everything that a configuration names and says what a run would lack. Changes nothing.</summary>
public static class Checker
{
    /// <returns>Every requirement, met or not, in the order looked at. What only steps that are switched off would need is left out.</returns>
    public static async Task<IReadOnlyList<Requirement>> LookAsync(UpkeepConfiguration configuration, Doors doors, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(doors);
        IReadOnlyList<Requirement> all =
        [
            Window(configuration.Window, doors.Time),
            .. await DatabaseRequirements.LookAsync(configuration, doors, cancellationToken),
            .. await SiteRequirements.LookAsync(configuration, doors.Http, cancellationToken),
            .. await ServiceRequirements.LookAsync(configuration, doors, cancellationToken),
            .. ApplicationRequirements.Look(configuration.Application),
            .. LogRequirements.Look(configuration, doors),
            .. await HostRequirements.LookAsync(configuration.Host.Certificates, doors.Time, cancellationToken),
            .. await UpdateRequirements.LookAsync(configuration.Host.SecurityUpdates, new PackageTools(doors.Programs, doors.Time), Environment.UserName, cancellationToken),
            .. await CleanupRequirements.LookAsync(configuration.Host.DiskCleanup, new CacheCleaner(doors.Programs, []), cancellationToken),
            .. FolderRequirements.Look(configuration, doors.Time),
        ];
        return [.. all.Select(each => ForEnabled(each, configuration.Steps)).OfType<Requirement>()];
    }

    private static Requirement? ForEnabled(Requirement requirement, IReadOnlyDictionary<string, StepSettings> steps)
    {
        if (requirement.State != RequirementState.Missing)
            return requirement;
        string[] costs = [.. requirement.Costs.Where(step => steps.GetValueOrDefault(step) is not { Enabled: false })];
        return costs.Length == 0 ? null : requirement with { Costs = costs };
    }

    private static Requirement Window(WindowSettings settings, TimeProvider time)
    {
        var next = WindowCalendar.Create(settings).Next(time.GetUtcNow(), 1)[0];
        return Requirement.Met("window", string.Create(CultureInfo.InvariantCulture,
            $"Next {next.Start:yyyy-MM-dd HH:mm}–{next.End:HH:mm} {settings.TimeZone} ({next.Start.UtcDateTime:yyyy-MM-dd HH:mm} UTC)"));
    }
}
