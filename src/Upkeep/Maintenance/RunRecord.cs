using System.Globalization;
using System.Reflection;
using NodaTime;
using Upkeep.Journal;
using Upkeep.Planning;

namespace Upkeep.Maintenance;

/// <summary>A run as it stands in the journal before its first step: a new one, or the one to go on with.</summary>
/// <param name="Plan">What is to be done now.</param>
internal sealed record RunRecord(string Run, string Folder, Plan Plan)
{
    /// <summary>Writes a new run's start.</summary>
    public static RunRecord Begin(Platform platform, JournalFile journal, RunRequest request, Plan plan, MaintenanceWindow? window)
    {
        var configuration = platform.Configuration;
        var run = FreeId(configuration.Root, journal, window?.Date ?? Today(platform));
        var folder = Path.Combine(configuration.Root, run);
        journal.Append(run, null, new RunStarted
        {
            Platform = configuration.Platform,
            Window = request.IgnoreWindow || window is null ? null : new RunWindow(window.Start, window.End, window.TimeZone),
            Folder = folder,
            Steps = [.. plan.Steps.Select(Recorded)],
            UpkeepVersion = typeof(RunRecord).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
            Host = Environment.MachineName,
            ProcessId = Environment.ProcessId,
            ConfigurationSha256 = platform.ConfigurationSha256,
            DryRun = request.DryRun,
            Waivers = Waivers.Of(configuration, plan, request),
            Options = request.Words,
        });
        return new RunRecord(run, folder, plan);
    }

    /// <summary>The plan of a resumed run: what it set out with, minus nothing, plus nothing; only the time left is planned anew.</summary>
    /// <param name="fresh">A plan of all steps for the time that is left.</param>
    public static Plan Resumed(RunStarted started, Plan fresh)
    {
        var recorded = started.Steps.ToDictionary(step => step.Id, StringComparer.Ordinal);
        return fresh with
        {
            Steps = [.. fresh.Steps.Select(step => recorded.GetValueOrDefault(step.Definition.Id) switch
            {
                null => step with { Decision = PlanDecision.Skip, Reason = "not in the plan that the run set out with" },
                { LeftOut: true } left => step with { Decision = PlanDecision.Skip, Reason = left.Reason },
                _ => step,
            })],
        };
    }

    /// <summary>What the first run of a window is called.</summary>
    /// <param name="date">The date of the window's start in the platform's time zone.</param>
    public static string NameOf(DateOnly date) => $"weekly-{date.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}";

    private static PlannedStepRecord Recorded(PlannedStep step) =>
        new(step.Definition.Id, step.Definition.Title, step.Definition.Kind.ToString().ToLowerInvariant(), step.Predicted?.TotalSeconds, step.Reason)
        {
            LeftOut = step.Decision == PlanDecision.Skip,
        };

    private static DateOnly Today(Platform platform) =>
        Instant.FromDateTimeOffset(platform.Doors.Time.GetUtcNow()).InZone(DateTimeZoneProviders.Tzdb[platform.Configuration.Window.TimeZone]).Date.ToDateOnly();

    // A folder without a run in the journal is somebody's, too: it is not written into.
    private static string FreeId(string root, JournalFile journal, DateOnly date)
    {
        var name = NameOf(date);
        var taken = journal.Runs().ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(1, int.MaxValue)
            .Select(number => number == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{number}"))
            .First(id => !taken.Contains(id) && !Path.Exists(Path.Combine(root, id)));
    }
}
