using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Health;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Verification.Health;

/// <summary><c>verification.health</c>: the looks of <c>preparation.health</c> again, compared. What was good before and isn't now fails it.</summary>
public sealed class HealthStep(UpkeepConfiguration configuration, HealthLook look, Redactor redactor) : InspectStep<PlatformHealth>
{
    public override StepDefinition Definition { get; } = new()
    {
        Id = "verification.health",
        Title = "Health after the work",
        Kind = StepKind.Verify,
        Priority = 1,
        RunsAfterStop = true,
        Deadline = TimeSpan.FromMinutes(10),
    };

    public override async Task<Check<PlatformHealth>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (health, unreachable) = await look.LookAsync(context, cancellationToken);
        var before = context.SurveyOf<PlatformHealth>("preparation.health");
        if (before is null)
            context.Raise(Severity.Info, "comparison-not-checked", "Not checked: the change of health, because preparation.health did not look in this run.", null, "Run both steps together.");
        else
            HealthMeasures.Of(before, context.Before);
        HealthMeasures.Of(health, context.After);
        context.Raise(HealthFindings.Of(health, configuration));
        await context.WriteJsonAsync("verification/health.json", health, redactor, cancellationToken);
        if (unreachable is not null)
            return Check.Failed(health, unreachable.Message, unreachable.Hint);
        var worse = before is null ? [] : Worse(before, health);
        return worse.Count == 0
            ? Check.Looked(health, $"{HealthSummary.Of(health)}; {(before is null ? "not compared" : "nothing that was good before is bad now")}")
            : Check.Failed(health, $"worse than before the work: {string.Join("; ", worse)}", "Look at what the run changed (upkeep report), and at upkeep rollback if it was that.");
    }

    private static List<string> Worse(PlatformHealth before, PlatformHealth now)
    {
        var good = before.Endpoints.Where(endpoint => endpoint.IsGood).Select(endpoint => endpoint.Name).ToHashSet();
        var worse = now.Endpoints.Where(endpoint => !endpoint.IsGood && good.Contains(endpoint.Name))
            .Select(endpoint => string.Create(CultureInfo.InvariantCulture, $"{endpoint.Name} was good and fails {endpoint.Failures} of {endpoint.Requests} requests ({endpoint.Problem!.Message})"))
            .ToList();
        if (before.Database is { State.IsInRecovery: false } && now.Database is { State.IsInRecovery: true })
            worse.Add("the database was a primary and is a standby");
        return worse;
    }
}
