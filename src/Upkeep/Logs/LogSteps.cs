using Upkeep.Configuration;
using Upkeep.Logs.ErrorPatterns;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Logs;

/// <summary>The platform's logs.</summary>
public static class LogSteps
{
    public static IReadOnlyList<Step> Create(UpkeepConfiguration configuration, Func<IReadOnlyList<ErrorPatternsSurvey>> past, Redactor redactor, TimeProvider time) =>
    [
        new ErrorPatternsStep(configuration, past, redactor, time),
    ];
}
