using Upkeep.Configuration.Reading;

namespace Upkeep.Configuration.Validation;

/// <summary>What no single value tells: how values fit together, and names that must exist. One pure function per section.</summary>
internal static class Validators
{
    public static void Run(Notes notes, IReadOnlyCollection<string> stepIds)
    {
        foreach (var (record, path) in notes.Complete)
        {
            foreach (var objection in Objections(record, stepIds))
            {
                var at = path.Length == 0 ? objection.Key : $"{path}.{objection.Key}";
                var other = path.Length == 0 ? objection.Other : $"{path}.{objection.Other}";
                if (!notes.Failed.Contains(at) && (objection.Other is null || !notes.Failed.Contains(other!)))
                    notes.Add(notes.LineOf(at) ?? notes.LineOf(path), at, objection.Message, objection.Hint);
            }
        }
    }

    private static IEnumerable<Objection> Objections(object record, IReadOnlyCollection<string> stepIds) => record switch
    {
        UpkeepConfiguration whole => StepValidator.Check(whole.Steps, stepIds).Concat(CleanupValidator.OwnFolders(whole)).Concat(ApplicationValidator.OwnFolder(whole)),
        DatabaseSettings database => DatabaseValidator.Check(database),
        WindowSettings window => WindowValidator.Check(window),
        ThrottleSettings throttle => ThrottleValidator.Check(throttle),
        RollbackSettings rollback => ServiceValidator.Check(rollback.Services),
        LogSettings logs => LogValidator.Check(logs),
        CertificateSettings certificates => HostValidator.Check(certificates),
        ApplicationSettings application => ApplicationValidator.Check(application),
        CommandSettings command => ApplicationValidator.Check(command),
        BuildSettings build => ApplicationValidator.Check(build),
        SecurityUpdateSettings updates => SecurityUpdateValidator.Check(updates),
        DiskCleanupSettings cleanup => CleanupValidator.Check(cleanup),
        ResourceSettings resources => ResourceValidator.Check(resources),
        HealthSettings health => HealthValidator.Check(health),
        RetentionSettings retention => RetentionValidator.Check(retention.Rules, mayBeZero: false),
        SessionSettings sessions => RetentionValidator.Check(sessions.Rules, mayBeZero: true),
        _ => [],
    };
}
