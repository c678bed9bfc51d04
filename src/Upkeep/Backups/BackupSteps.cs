using Upkeep.Backups.Foreign;
using Upkeep.Backups.Presence;
using Upkeep.Backups.Sizes;
using Upkeep.Configuration;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Backups;

/// <summary>The looks at all backups there are.</summary>
public static class BackupSteps
{
    /// <param name="foreign">Recognises what others made.</param>
    /// <param name="past">What earlier runs tell.</param>
    public static IReadOnlyList<Step> Create(UpkeepConfiguration configuration, FindForeign foreign, Func<BackupPast> past, Redactor redactor, TimeProvider time)
    {
        FindForeign once = new RememberedForeign(foreign, time).FindAsync;
        return [new PresenceStep(configuration, once, redactor, time), new SizesStep(configuration, once, past, redactor, time)];
    }
}
