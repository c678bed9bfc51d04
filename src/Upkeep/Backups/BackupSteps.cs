using Upkeep.Backups.Presence;
using Upkeep.Backups.Sizes;
using Upkeep.Configuration;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Backups;

/// <summary>The looks at all backups there are.</summary>
public static class BackupSteps
{
    /// <param name="past">What earlier runs tell.</param>
    public static IReadOnlyList<Step> Create(UpkeepConfiguration configuration, ReadInventory inventory, Func<BackupPast> past, Redactor redactor, TimeProvider time) =>
        [new PresenceStep(configuration, inventory, redactor, time), new SizesStep(configuration, inventory, past, redactor, time)];
}
