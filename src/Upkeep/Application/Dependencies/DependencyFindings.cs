using Upkeep.Configuration;
using Upkeep.Journal;

namespace Upkeep.Application.Dependencies;

/// <summary>What a reader should know of packages that aren't the newest.</summary>
internal static class DependencyFindings
{
    private const int MostNames = 8;

    public static IEnumerable<Finding> Of(ProjectPackages project, DependencySettings settings)
    {
        if (project.Problem is { } problem)
        {
            yield return new Finding(Severity.Warning, "dependencies" + Finding.NotCheckedSuffix, $"Not checked: the packages of {project.Name}, because {problem}", project.Name, "Mend that, and run: upkeep run --only application.dependencies --ignore-window");
            yield break;
        }
        var far = project.Packages.Where(one => one.Direct != false && one.Behind == Distance.Major && Math.Max(1, one.Majors) >= settings.MajorsBehind).OrderByDescending(one => one.Majors).ThenBy(one => one.Name, StringComparer.Ordinal).ToList();
        if (far.Count > 0)
        {
            var rest = far.Count > MostNames ? $" and {far.Count - MostNames} more" : "";
            yield return new Finding(Severity.Warning, "packages-far-behind", $"{project.Name}: {Counted.Of(far.Count, "package")} asked for {(far.Count == 1 ? "is" : "are")} {Counted.Of(settings.MajorsBehind, "major version")} behind or more: {string.Join(", ", far.Take(MostNames).Select(one => $"{one.Name} {one.Current} (newest {one.Latest})"))}{rest}.", project.Name, "Plan the upgrades one by one; application/dependencies.csv has them all.");
        }
        var unknown = project.Packages.Where(one => one.Behind == Distance.Unknown).Select(one => $"{one.Name} {one.Current}").ToList();
        if (unknown.Count > 0)
            yield return new Finding(Severity.Info, "package-version" + Finding.NotCheckedSuffix, $"Not checked: how far behind {string.Join(", ", unknown.Take(MostNames))} {(unknown.Count == 1 ? "is" : "are")}, because the version isn't written as one.", project.Name);
    }
}
