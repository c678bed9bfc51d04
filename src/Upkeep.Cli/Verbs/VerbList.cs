using System.CommandLine;
using Upkeep.Cli.Verbs.Backup;
using Upkeep.Cli.Verbs.Logs;
using Upkeep.Cli.Verbs.Past;
using Upkeep.Cli.Verbs.Plan;
using Upkeep.Cli.Verbs.Rollback;
using Upkeep.Cli.Verbs.Schedule;

namespace Upkeep.Cli.Verbs;

/// <summary>Every verb, in the order of the help. Each is a class with a static Create(VerbHost) that declares its options and hands its work to <see cref="VerbHost.On"/>.</summary>
internal static class VerbList
{
    public static IReadOnlyList<Command> Create(VerbHost host) =>
    [
        InitVerb.Create(host),
        CheckVerb.Create(host),
        PlanVerb.Create(host),
        RunVerb.Create(host),
        StatusVerb.Create(host),
        HistoryVerb.Create(host),
        ReportVerb.Create(host),
        RollbackVerb.Create(host),
        BackupVerb.Create(host),
        LogsVerb.Create(host),
        ScheduleVerb.Create(host),
        DemoVerb.Create(host),
        JanitorVerb.Create(host),
    ];
}
