using Upkeep.Configuration;
using Upkeep.Health;
using Upkeep.Http;
using Upkeep.Postgres;
using Upkeep.Redaction;
using Upkeep.Running;
using Upkeep.Verification.Database;
using Upkeep.Verification.Health;
using Upkeep.Verification.ResponseTime;

namespace Upkeep.Verification;

/// <summary>The second look, compared with the first.</summary>
public static class VerificationSteps
{
    public static IReadOnlyList<Step> Create(UpkeepConfiguration configuration, DatabaseDoor database, HttpDoor http, Redactor redactor) =>
    [
        new HealthStep(configuration, new HealthLook(configuration, database, http), redactor),
        new ResponseTimeStep(configuration, http, redactor),
        new DatabaseStep(configuration, database, redactor),
    ];
}
