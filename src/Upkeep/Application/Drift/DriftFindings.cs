using Upkeep.Configuration;
using Upkeep.Journal;

namespace Upkeep.Application.Drift;

/// <summary>What a reader should know of the environment: names and places, never a value.</summary>
internal static class DriftFindings
{
    public static IEnumerable<Finding> Of(DriftSurvey survey, DriftSettings settings)
    {
        var looked = survey.Places.Where(place => place.Problem is null).ToList();
        foreach (var place in survey.Places.Where(place => place.Problem is not null))
            yield return new Finding(Severity.Warning, "environment" + Finding.NotCheckedSuffix, $"Not checked: what {place.Name} gives to the platform, because {place.Problem}.", place.Name, "Correct it under application: environment, or let the user that upkeep runs as read it.");
        if (looked.Count == 0)
            yield break;
        var needed = survey.Needed.Concat(settings.Keys.Where(key => survey.Needed.All(one => one.Name != key.Name)).Select(key => new NeededKey(key.Name, "upkeep.yaml", InCode: true, HasDefault: false))).ToList();
        var present = looked.SelectMany(place => place.Keys).Select(key => key.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var key in needed.Where(key => !present.Contains(key.Name) && !NamePattern.MatchesAny(settings.Optional, key.Name)))
        {
            if (key is { InCode: true, HasDefault: false })
                yield return new Finding(Severity.Warning, "environment-key-missing", $"{key.Name} is read by {key.Where} and set nowhere: not in {string.Join(", ", looked.Select(place => place.Name))}.", key.Name, "Set it, or name it under application: environment: optional.");
            else
                yield return new Finding(Severity.Info, "environment-key-unset", $"{key.Name} is set nowhere, and {(key.InCode ? $"{key.Where} has a default for it" : $"only {key.Where} names it")}.", key.Name);
        }
        foreach (var place in looked)
        {
            foreach (var finding in OfPlace(place, needed))
                yield return finding;
        }
    }

    private static IEnumerable<Finding> OfPlace(EnvironmentPlace place, IReadOnlyList<NeededKey> needed)
    {
        if (place.IsOpenToAll)
            yield return new Finding(Severity.Warning, "environment-file-open", $"{place.Name} may be read by everybody on this machine.", place.Name, $"chmod 640 {place.Name}, and give it to the service's group.");
        foreach (var key in place.Keys)
        {
            var known = needed.Any(one => one.Name == key.Name);
            var at = key.Line is { } line ? $"{place.Name}:{line}" : place.Name;
            // A process holds much that is none of the platform's.
            if (!known && place.HoldsOthers)
                continue;
            if (key.Twice is { } first)
                yield return new Finding(Severity.Warning, "environment-key-twice", $"{key.Name} stands twice in {place.Name}, in lines {first} and {key.Line}.", key.Name, "Keep one: which of them counts differs from reader to reader.");
            if (Fault(key, at) is { } fault)
                yield return fault;
        }
        var unknown = place.HoldsOthers ? [] : place.Keys.Where(key => needed.All(one => one.Name != key.Name)).Select(key => key.Name).Distinct().Order(StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
            yield return new Finding(Severity.Info, "environment-key-unknown", $"{place.Name} has {Counted.Of(unknown.Count, "key")} that neither code nor template names: {string.Join(", ", unknown.Take(10))}{(unknown.Count > 10 ? " …" : "")}.", place.Name, "Left over, misspelt, or read by a library: then name it under application: environment: keys.");
    }

    private static Finding? Fault(PresentKey key, string at) => key.Fault switch
    {
        ValueFault.Empty => new Finding(Severity.Warning, "environment-value-empty", $"{key.Name} is empty in {at}.", key.Name, "Give it a value, or take it away."),
        ValueFault.Placeholder => new Finding(Severity.Warning, "environment-value-placeholder", $"{key.Name} still holds its template's placeholder in {at}.", key.Name, "Put the real value there."),
        ValueFault.NoUrl => Malformed(key, at, "no absolute URL"),
        ValueFault.NoNumber => Malformed(key, at, "no number"),
        ValueFault.NoBoolean => Malformed(key, at, "neither true nor false"),
        _ => null,
    };

    private static Finding Malformed(PresentKey key, string at, string what) => new(Severity.Warning, "environment-value-malformed", $"{key.Name} is {what} in {at}.", key.Name, "Correct it, or its kind under application: environment: keys.");
}
