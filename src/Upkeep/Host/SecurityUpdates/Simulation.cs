using System.Text.RegularExpressions;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>What apt would do, by its own simulation (<c>apt-get -s</c>): nothing is installed that it wasn't asked for.</summary>
internal static partial class Simulation
{
    /// <summary>Options of every installation: none comes that is only recommended, configuration files stay. A real one also has <c>--no-remove</c>; simulated, that would hide what was to go.</summary>
    public static IReadOnlyList<string> Options { get; } =
    [
        "-y", "-q", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold", "-o", "Dpkg::Use-Pty=0",
    ];

    /// <summary>Sorts out what can be installed with nothing else being changed.</summary>
    /// <returns>Those that can, together; and those that can't, each with why.</returns>
    public static async Task<(IReadOnlyList<PendingUpdate> Fit, IReadOnlyList<PendingUpdate> Refused)> FitAsync(PackageTools tools, IReadOnlyList<PendingUpdate> updates, CancellationToken cancellationToken)
    {
        var (left, refused) = (updates.ToList(), new List<PendingUpdate>());
        while (left.Count > 0 && await WhyNotAsync(tools, left, left, cancellationToken) is { } whole)
        {
            var unfit = new List<PendingUpdate>();
            foreach (var update in left)
            {
                if (await WhyNotAsync(tools, [update], left, cancellationToken) is { } why)
                    unfit.Add(update with { State = UpdateState.Refused, Why = why });
            }
            // Each on its own can, and all together can't: which of them is in whose way isn't ours to choose.
            if (unfit.Count == 0)
                unfit.AddRange(left.Select(update => update with { State = UpdateState.Refused, Why = whole }));
            refused.AddRange(unfit);
            left.RemoveAll(update => unfit.Any(one => one.Package == update.Package));
        }
        return (left, refused);
    }

    private static async Task<string?> WhyNotAsync(PackageTools tools, IReadOnlyList<PendingUpdate> asked, IReadOnlyList<PendingUpdate> allowed, CancellationToken cancellationToken)
    {
        var said = await tools.AskAsync("apt-get", ["-s", "install", .. Options, .. asked.Select(update => update.Target)], cancellationToken);
        return Beyond(said.Output, (name, to) => allowed.Any(update => update.Package == name && update.To == to)) is { } more ? $"it needs {more}"
            : said.ExitCode == 0 ? null
            : $"apt can't: {Unmet(said.Output) ?? said.Told("apt-get")}";
    }

    /// <summary>What a simulated way back would change besides; null for nothing.</summary>
    public static string? Beyond(string output, IReadOnlyList<ChangedPackage> back) => Beyond(output, (name, to) => back.Any(package => package.Package == name && package.From == to));

    private static string? Beyond(string output, Func<string, string, bool> isAsked)
    {
        var more = new List<string>();
        foreach (Match line in Planned().Matches(output))
        {
            var (name, to) = (line.Groups[2].Value, line.Groups[4].Value);
            if (line.Groups[1].Value == "Remv")
                more.Add($"{name} to be removed");
            else if (!line.Groups[3].Success)
                more.Add($"{name} to be installed");
            else if (!isAsked(name, to))
                more.Add($"{name} to be brought to {to}");
        }
        return more.Count == 0 ? null : string.Join(", ", more.Take(4)) + (more.Count > 4 ? ", …" : "");
    }

    // Its error names no package; the lines before it do: " gamma : Depends: newdep but it is not installable".
    private static string? Unmet(string output) =>
        UnmetLine().Match(output) is { Success: true } line ? string.Join(' ', line.Value.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)) : null;

    [GeneratedRegex(@"^(Inst|Remv) (\S+)(?: \[([^\]]*)\])?(?: \((\S+))?", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Planned();

    [GeneratedRegex(@"^ \S+ : .*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex UnmetLine();
}
