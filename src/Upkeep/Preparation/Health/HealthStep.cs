using Upkeep.Configuration;
using Upkeep.Health;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Preparation.Health;

/// <summary><c>preparation.health</c>: how the platform is before anything is done. <c>verification.health</c> compares with it.</summary>
public sealed class HealthStep(UpkeepConfiguration configuration, HealthLook look, Redactor redactor) : InspectStep<PlatformHealth>
{
    public override StepDefinition Definition { get; } = new()
    {
        Id = "preparation.health",
        Title = "Health before the work",
        Kind = StepKind.Inspect,
        Priority = 1,
        BeforeWindow = true,
        Deadline = TimeSpan.FromMinutes(10),
    };

    public override async Task<Check<PlatformHealth>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (health, unreachable) = await look.LookAsync(context, cancellationToken);
        HealthMeasures.Of(health, context.Before);
        context.Raise(HealthFindings.Of(health, configuration));
        await context.WriteJsonAsync("preparation/health.json", health, redactor, cancellationToken);
        return unreachable is null
            ? Check.Looked(health, HealthSummary.Of(health))
            : Check.Failed(health, unreachable.Message, unreachable.Hint);
    }
}
