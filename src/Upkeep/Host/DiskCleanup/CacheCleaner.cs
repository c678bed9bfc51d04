using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Host.DiskCleanup;

/// <summary>Has other programs clean what is theirs: the package manager its cache, a container engine its images.</summary>
/// <param name="aptOptions">Options that apt-get and apt-config get besides (<c>-o Dir::Cache=…</c>); empty for this machine's own.</param>
public sealed partial class CacheCleaner(ProgramDoor programs, IReadOnlyList<string> aptOptions)
{
    private const int NoSuchProgram = 127;
    private const string AptGet = "/usr/bin/apt-get";
    private static readonly Dictionary<string, string?> _plain = new() { ["LC_ALL"] = "C", ["DEBIAN_FRONTEND"] = "noninteractive" };

    private readonly Dictionary<string, string?> _environment = _plain;

    /// <summary>Variables that the programs get besides: where they are (PATH).</summary>
    public IReadOnlyDictionary<string, string?> Variables
    {
        init => _environment = new Dictionary<string, string?>(_plain.Concat(value));
    }

    /// <returns>Null where nothing is configured.</returns>
    public async Task<CacheLook?> LookAtPackagesAsync(PackageCacheWay way, CancellationToken cancellationToken)
    {
        if (way == PackageCacheWay.None)
            return null;
        var verb = way == PackageCacheWay.Clean ? "clean" : "autoclean";
        var look = new CacheLook("apt's cache of packages", "/", null, null, null, [AptGet, .. aptOptions, verb]);
        if (!File.Exists(AptGet))
            return look with { Problem = $"there is no {AptGet} here", Hint = "Write packageCache: none, or clean the cache by your package manager's own timer." };
        var folder = await AptFolderAsync(cancellationToken);
        if (folder is null)
            return look with { Problem = "apt-config doesn't tell where the cache is", Hint = "Try: apt-config shell D Dir::Cache::archives/d" };
        look = look with { Mount = DiskSpace.MountOf(folder), Bytes = way == PackageCacheWay.Clean ? Debs(folder).Sum(file => file.Allocated) : await AutocleanBytesAsync(folder, cancellationToken) };
        return look.Bytes == 0 ? look : await WithRightsAsync(look, folder, cancellationToken);
    }

    // As Go writes durations; never rounded down, which would let younger ones go.
    private static string Age(TimeSpan age) => age.Ticks % TimeSpan.TicksPerHour == 0 ? string.Create(CultureInfo.InvariantCulture, $"{(long)age.TotalHours}h") : string.Create(CultureInfo.InvariantCulture, $"{(long)Math.Ceiling(age.TotalSeconds)}s");

    /// <inheritdoc cref="LookAtPackagesAsync"/>
    public async Task<CacheLook?> LookAtImagesAsync(ImageCleanupSettings? settings, CancellationToken cancellationToken)
    {
        if (settings is null)
            return null;
        var engine = settings.Engine.ToString().ToLowerInvariant();
        string[] all = settings.Unused ? ["--all"] : [];
        var look = new CacheLook($"{engine}'s images", "/", null, null, null,
            [engine, "image", "prune", "--force", .. all, "--filter", string.Create(CultureInfo.InvariantCulture, $"until={Age(settings.OlderThan)}")]);
        var told = await programs.RunAsync(engine, ["system", "df", "--format", "{{json .}}"], _environment, null, cancellationToken);
        if (told.ExitCode == NoSuchProgram)
            return look with { Problem = $"there is no {engine} here", Hint = "Take host: diskCleanup: images out, or install the engine's client." };
        if (told.ExitCode != 0)
            return look with { Problem = told.Told(engine), Hint = $"Does the engine run, and may {Environment.UserName} talk to it? Try: {engine} system df" };
        // What goes can't be told beforehand: the engine has no dry run, and what it calls reclaimable knows no age.
        return look with { Bytes = Images(told.Output) == 0 ? 0 : null };
    }

    public async Task<IReadOnlyList<CacheEffect>> CleanAsync(IEnumerable<CacheLook?> looks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(looks);
        var done = new List<CacheEffect>();
        foreach (var look in looks.OfType<CacheLook>().Where(look => look.IsDue))
        {
            var ended = await programs.RunAsync(look.Command[0], [.. look.Command.Skip(1)], _environment, null, cancellationToken);
            done.Add(new CacheEffect(look.What, ended.ExitCode == 0 ? null : ended.Told(string.Join(' ', look.Command.Take(2)))));
        }
        return done;
    }

    private async Task<CacheLook> WithRightsAsync(CacheLook look, string folder, CancellationToken cancellationToken)
    {
        if (FolderAccess.MayWrite(folder))
            return look;
        if ((await programs.RunAsync("sudo", ["-n", "-l", "--", .. look.Command], _environment, null, cancellationToken)).ExitCode == 0)
            return look with { Command = ["sudo", "-n", "--", .. look.Command] };
        return look with { Problem = $"{Environment.UserName} may not write to {folder}", Hint = $"Allow just that in /etc/sudoers.d/upkeep: {Sudoers.Line(Environment.UserName, look.Command)}" };
    }

    private async Task<string?> AptFolderAsync(CancellationToken cancellationToken)
    {
        var told = await programs.RunAsync("/usr/bin/apt-config", [.. aptOptions, "shell", "FOLDER", "Dir::Cache::archives/d"], _environment, null, cancellationToken);
        return told.ExitCode == 0 && Shell().Match(told.Output) is { Success: true } match ? match.Groups["folder"].Value.TrimEnd('/') : null;
    }

    // "Del libfoo 1.2-3 [45.6 kB]": the names count, the sizes are those of the files.
    private async Task<long?> AutocleanBytesAsync(string folder, CancellationToken cancellationToken)
    {
        var told = await programs.RunAsync(AptGet, [.. aptOptions, "--simulate", "autoclean"], _environment, null, cancellationToken);
        if (told.ExitCode != 0)
            return null;
        var going = Deleted().Matches(told.Output).Select(match => (match.Groups["name"].Value, match.Groups["version"].Value)).ToHashSet();
        return Debs(folder).Where(file => file.Name.Split('_') is [var name, var version, ..] && going.Contains((name, Uri.UnescapeDataString(version)))).Sum(file => file.Allocated);
    }

    private static IEnumerable<(string Name, long Allocated)> Debs(string folder) => !Directory.Exists(folder) ? [] :
        Directory.EnumerateFiles(folder, "*.deb").Select(file => (Path.GetFileName(file), FileFacts.Of(file) is { IsRegular: true } facts ? facts.Allocated : 0));

    // One object a line (docker), or an array (podman): only whether there are any images counts.
    private static long Images(string output)
    {
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            try
            {
                using var row = JsonDocument.Parse(line);
                if (row.RootElement.ValueKind == JsonValueKind.Object && row.RootElement.TryGetProperty("Type", out var type) && type.GetString() == "Images" && row.RootElement.TryGetProperty("TotalCount", out var count))
                    return long.TryParse(count.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var images) ? images : -1;
            }
            catch (JsonException)
            {
                return -1;
            }
        }
        return -1;
    }

    [GeneratedRegex("^FOLDER='(?<folder>[^']+)'", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Shell();

    [GeneratedRegex(@"^Del (?<name>\S+) (?<version>\S+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Deleted();
}
