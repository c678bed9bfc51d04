using Upkeep.Journal;

namespace Upkeep.Running;

/// <summary>For steps whose findings are judged apart from the looking.</summary>
public static class StepFindings
{
    public static void Raise(this StepContext context, IEnumerable<Finding> findings)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(findings);
        foreach (var finding in findings)
            context.Raise(finding.Severity, finding.Code, finding.Message, finding.Subject, finding.Hint);
    }
}
