namespace Upkeep.Configuration.Validation;

internal static class ResourceValidator
{
    public static IEnumerable<Objection> Check(ResourceSettings resources)
    {
        for (var index = 0; index < resources.ExceptMounts.Count; index++)
        {
            var mount = resources.ExceptMounts[index];
            if (!mount.StartsWith('/') || mount.Length > 1 && mount.EndsWith('/'))
                yield return new Objection($"exceptMounts[{index}]", $"'{mount}' is no mount point", "Write it as findmnt shows it, for example /srv/backup.");
        }
        for (var index = 0; index < resources.ExceptUnits.Count; index++)
        {
            if (!resources.ExceptUnits[index].Contains('.', StringComparison.Ordinal))
                yield return new Objection($"exceptUnits[{index}]", $"'{resources.ExceptUnits[index]}' is no unit: it has no ending", "Write it as systemctl shows it, for example backup.service.");
        }
        if (resources.FullWithin == TimeSpan.Zero)
            yield return new Objection("fullWithin", "within 0 no disk gets full", "Write for example 28 days.");
        if (resources.ClockOffset == TimeSpan.Zero)
            yield return new Objection("clockOffset", "no clock is off by 0", "Write for example 500ms.");
        if (resources.Timeout == TimeSpan.Zero)
            yield return new Objection("timeout", "within 0 nothing can answer", "Write for example 10s.");
    }
}
