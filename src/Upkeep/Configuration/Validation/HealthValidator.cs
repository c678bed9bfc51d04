namespace Upkeep.Configuration.Validation;

internal static class HealthValidator
{
    public static IEnumerable<Objection> Check(HealthSettings health)
    {
        for (var index = 0; index < health.Endpoints.Count; index++)
        {
            var endpoint = health.Endpoints[index];
            if (endpoint.Name is not null && health.Endpoints.Take(index).Any(earlier => earlier.Name == endpoint.Name))
                yield return new Objection($"endpoints[{index}].name", $"a second endpoint is called '{endpoint.Name}'", "Give each its own name: reports compare by it.");
            if (endpoint.Timeout == TimeSpan.Zero)
                yield return new Objection($"endpoints[{index}].timeout", "no answer comes in no time", "Write for example 10s.");
        }
    }
}
