using System.Globalization;
using System.Text.RegularExpressions;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups;

/// <summary>What pg_restore says is in a dump.</summary>
/// <param name="TableData">Oids of the tables whose rows are in it (their oids on the server it was taken from), with the dump's own number for each.</param>
public sealed partial record DumpContents(IReadOnlyDictionary<uint, int> TableData)
{
    public static async Task<(DumpContents? Contents, Problem? Problem)> ReadAsync(ProgramDoor door, DumpPrograms programs, string folder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(door);
        ArgumentNullException.ThrowIfNull(programs);
        var result = await door.RunAsync(programs.Restore, ["--list", folder], new Dictionary<string, string?>(), null, cancellationToken);
        if (result.ExitCode != 0)
            return (null, new Problem($"pg_restore can't read the dump in {folder}: {result.Error.Trim()}", "The backup is damaged. Look at the disk, then take another."));
        // By oid, because names in this list have their line breaks and dashes rewritten.
        var entries = result.Output.Split('\n')
            .Select(line => Entry().Match(line))
            .Where(match => match.Success)
            .GroupBy(match => uint.Parse(match.Groups["oid"].Value, CultureInfo.InvariantCulture))
            .ToDictionary(group => group.Key, group => int.Parse(group.First().Groups["id"].Value, CultureInfo.InvariantCulture));
        return (new DumpContents(entries), null);
    }

    [GeneratedRegex(@"^(?<id>\d+); \d+ (?<oid>\d+) TABLE DATA ", RegexOptions.CultureInvariant)]
    private static partial Regex Entry();
}
