using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Upkeep.Application.Commands;
using Upkeep.Application.Projects;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Application.Copies;

/// <summary>
/// Puts a project's packages into the clean copy: those of the last weeks where the lock file is the same, else fetched as it says. What is kept is a copy that no
/// command ever works in, so that none can spoil next week's.
/// </summary>
internal sealed class PackageStore(Workbench bench, CommandRunner runner, ProgramDoor programs, TimeProvider time)
{
    private const string Modules = "node_modules";
    private const string Record = ".package-lock.json";

    // A registry may take as long for each of its answers as it is given; all together a fetch takes so many of them at most.
    private const int Answers = 8;
    private static readonly EnumerationOptions _all = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };

    // Packages, and those in scopes.
    private static readonly EnumerationOptions _two = new() { RecurseSubdirectories = true, MaxRecursionDepth = 1, AttributesToSkip = 0, IgnoreInaccessible = true };

    private string Kept => Path.Combine(bench.Folder, "packages");

    /// <returns>Null where the packages are in place; else why they aren't.</returns>
    public async Task<Problem?> RestoreAsync(NpmProject project, Workspace workspace, StopSignal stop, CancellationToken cancellationToken)
    {
        var target = Path.GetFullPath(project.Folder, workspace.Source);
        if (workspace.Restored.Contains(project.Folder) || project.Ranges.Count == 0 && !project.IsWorkspace)
            return null;
        // What could not be fetched for one step can't be for the next: nobody waits twice.
        if (workspace.Unfetched.TryGetValue(project.Folder, out var earlier))
            return earlier;
        if (!project.IsNpms)
            return new Problem($"{project.Manifest} is locked by {project.Lock}, and only npm's packages can be put in place", "Write commands that fetch the packages themselves, under application.");
        if (project.Lock is null)
            return new Problem($"{project.Manifest} has no lock file, so nobody knows which packages it means", "Make one (npm install --package-lock-only) and commit it.");
        var key = Key(Path.Combine(target, project.Lock));
        var kept = Path.Combine(Kept, key);
        if (bench.Settings.ReusePackages && LiesInSource(project))
            await CopyAsync(Path.GetFullPath(Path.Combine(project.Folder, Modules), bench.Settings.Folder!), target, cancellationToken);
        else if (Directory.Exists(kept))
        {
            Directory.SetLastWriteTimeUtc(kept, time.GetUtcNow().UtcDateTime);
            await CopyAsync(Path.Combine(kept, Modules), target, cancellationToken);
        }
        else if (await FetchAsync(project, workspace, kept, stop, cancellationToken) is { } problem)
            return workspace.Unfetched[project.Folder] = problem;
        workspace.Restored.Add(project.Folder);
        return null;
    }

    private async Task<Problem?> FetchAsync(NpmProject project, Workspace workspace, string kept, StopSignal stop, CancellationToken cancellationToken)
    {
        var patience = bench.Settings.Dependencies.Timeout * Answers;
        var command = new CommandSettings { Run = ["npm", "ci", "--no-audit", "--no-fund", "--prefer-offline"], Folder = project.Folder, Deadline = patience };
        var outcome = await runner.RunAsync(command, workspace, stop, cancellationToken);
        if (!outcome.Passed)
        {
            return new Problem($"the packages of {project.Manifest} could not be fetched: npm ci {Told.Ending(outcome, patience)}: {NpmWords.Why(outcome.Output)}",
                "Does the registry answer, and do package.json and lock file agree? Try: npm ci");
        }
        var modules = Path.Combine(Path.GetFullPath(project.Folder, workspace.Source), Modules);
        if (!Directory.Exists(modules))
            return null;
        RunFolder.Create(Kept);
        // Whole or not at all: named only when it is complete.
        var making = Path.Combine(Kept, ".making");
        if (Directory.Exists(making))
            Directory.Delete(making, recursive: true);
        RunFolder.Create(making);
        await CopyAsync(modules, making, cancellationToken);
        Directory.Move(making, kept);
        Trim(kept);
        return null;
    }

    // npm leaves a record of what it installed: it is what the lock file says, without the project itself.
    private bool LiesInSource(NpmProject project)
    {
        var folder = Path.GetFullPath(project.Folder, bench.Settings.Folder!);
        try
        {
            // A link's target is somebody else's, and what is done through it would be done there.
            if (new DirectoryInfo(Path.Combine(folder, Modules)) is not { Exists: true, LinkTarget: null } modules || modules.EnumerateFileSystemInfos("*", _two).Any(entry => Path.IsPathRooted(entry.LinkTarget ?? "")))
                return false;
            return Packages(Path.Combine(folder, project.Lock!)) is { Count: > 0 } locked && Packages(Path.Combine(folder, Modules, Record)) is { } there
                && there.Count > 0 && there.All(package => locked.GetValueOrDefault(package.Key) == package.Value)
                && project.Ranges.Keys.All(name => there.ContainsKey($"{Modules}/{name}"));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or JsonException)
        {
            return false;
        }
    }

    private static Dictionary<string, string> Packages(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        return !json.RootElement.TryGetProperty("packages", out var packages) ? []
            : packages.EnumerateObject().Where(one => one.Name.Length > 0).ToDictionary(one => one.Name, one => Text(one.Value, "version") + " " + Text(one.Value, "integrity"), StringComparer.Ordinal);
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // By cp: it takes blocks over instead of copying them where the file system can.
    private async Task CopyAsync(string from, string into, CancellationToken cancellationToken)
    {
        var result = await programs.RunAsync("cp", ["-a", "--no-preserve=ownership", "--reflink=auto", "--", from, into + "/"], new Dictionary<string, string?>(), null, cancellationToken);
        if (result.ExitCode != 0)
            throw new IOException($"The packages can't be copied to {into}: {result.Told("cp")}");
    }

    private void Trim(string current)
    {
        var all = new DirectoryInfo(Kept).GetDirectories().Where(one => one.Name[0] != '.').OrderByDescending(one => one.FullName == current).ThenByDescending(one => one.LastWriteTimeUtc)
            .Select(one => (one.FullName, Bytes: one.EnumerateFiles("*", _all).Sum(file => file.Length))).ToList();
        var taken = 0L;
        foreach (var (folder, bytes) in all)
        {
            taken += bytes;
            if (taken > bench.Settings.CacheLimit && folder != current)
                Directory.Delete(folder, recursive: true);
        }
    }

    // Packages with compiled parts are of one machine; whoever changes the lock file gets others.
    private static string Key(string lockFile) =>
        Convert.ToHexStringLower(SHA256.HashData([.. File.ReadAllBytes(lockFile), .. Encoding.UTF8.GetBytes($"{RuntimeInformation.RuntimeIdentifier} {Node()}")]))[..32];

    // Another Node.js is another file: what was compiled for the one before may not load.
    private static string Node() => SearchPath.Folders()
        .Select(folder => FileFacts.Behind(Path.Combine(folder, "node"))).FirstOrDefault(file => file is { IsRegular: true }) is { } node ? $"{node.Size} {node.Modified:O}" : "";
}
