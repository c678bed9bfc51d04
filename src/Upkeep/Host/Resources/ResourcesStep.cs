using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Host.Resources;

/// <summary>Whether the machine has what its work needs: memory, processors, disks, and the rest that runs out unseen.</summary>
/// <param name="past">What earlier runs saw.</param>
public sealed class ResourcesStep(ResourceSettings settings, ResourceLook look, Func<ResourcePast> past, Redactor redactor, TimeProvider time) : InspectStep<ResourceSurvey>
{
    public const string Id = "host.resources";

    public override StepDefinition Definition { get; } = new()
    {
        Id = Id,
        Title = "The machine's resources",
        Kind = StepKind.Inspect,
        Priority = 5,
        // What was cleaned up isn't in the way any more.
        After = ["host.disk-cleanup"],
        Deadline = TimeSpan.FromMinutes(5),
    };

    public override async Task<Check<ResourceSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var earlier = past();
        var survey = ResourceTrends.Add(await look.AtAsync(settings, cancellationToken), earlier, now);
        context.Raise(new ResourceFindings(settings, now).Of(survey));
        if (survey.Memory.Count == 0 && survey.Load is null && survey.Disks.Count == 0)
            return Check.Skipped<ResourceSurvey>("neither memory nor load nor disks could be looked at", "The findings say why, one by one. Is /proc mounted here?");
        ResourceFigures.Measure(context, survey, earlier, now);
        await context.WriteJsonAsync("host/resources.json", survey, redactor, cancellationToken);
        return Check.Looked(survey, Summary(survey));
    }

    private static string Summary(ResourceSurvey survey)
    {
        var parts = new List<string>();
        parts.AddRange(survey.Memory.Select(memory => $"{Amount.Bytes(memory.Available)} of {Amount.Bytes(memory.Total)} memory available{(memory.Whose == "machine" ? "" : $" in {memory.Whose}")}"));
        if (survey.Load is { } load)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"load {load.PerCore:0.##} per core"));
        parts.AddRange(survey.Disks.Select(disk => $"{Amount.Bytes(disk.Bytes.Free)} free on {disk.Mount}{(disk.Bytes.DaysUntilFull is { } days ? $", full in {Counted.Of(days, "day")} at this rate" : "")}"));
        if (survey.FailedUnits is { } failed)
            parts.Add(Counted.Of(failed.Count, "failed unit"));
        if (survey.NotSeen.Count > 0)
            parts.Add($"not checked: {string.Join(", ", survey.NotSeen.Select(one => one.What))}");
        return string.Join("; ", parts);
    }
}
