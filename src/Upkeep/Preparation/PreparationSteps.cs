using Upkeep.Configuration;
using Upkeep.Health;
using Upkeep.Http;
using Upkeep.Postgres;
using Upkeep.Preparation.Alerts;
using Upkeep.Preparation.Baseline;
using Upkeep.Preparation.Health;
using Upkeep.Preparation.Readiness;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Preparation;

/// <summary>The looks before the work, and the go or no-go.</summary>
public static class PreparationSteps
{
    public static IReadOnlyList<Step> Create(UpkeepConfiguration configuration, DatabaseDoor database, HttpDoor http, Redactor redactor, TimeProvider time) =>
    [
        new HealthStep(configuration, new HealthLook(configuration, database, http), redactor),
        new BaselineStep(database, redactor),
        new AlertsStep(configuration, http, redactor, time),
        new ReadinessStep(configuration, database, redactor, time),
    ];
}
