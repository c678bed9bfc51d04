using System.Security.Cryptography;
using Upkeep.Application;
using Upkeep.Application.Build;
using Upkeep.Application.Commands;
using Upkeep.Application.Checks;
using Upkeep.Application.Copies;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Http;
using Upkeep.Processes;
using Upkeep.Redaction;
using Upkeep.Running;
using Upkeep.Testing;

namespace Upkeep.Tests.Application;

/// <summary>A source folder and a run of the test's own.</summary>
internal sealed class ApplicationBench : IAsyncDisposable
{

    private readonly HttpDoor _http = new(Redactor.None, TimeProvider.System);

    public ApplicationBench()
    {
        Root = Directory.CreateTempSubdirectory("upkeep-application-").FullName;
        Source = Path.Combine(Root, "source");
        Directory.CreateDirectory(Source);
    }

    public string Root { get; }

    public string Source { get; set; }

    public string Work => Path.Combine(Root, "work");

    /// <summary>Of the run before: each has its own, for a run does a step once.</summary>
    public StepHarness Harness { get; private set; } = new();

    public BuildPast Built { get; set; } = BuildPast.None;

    public Redactor Redactor { get; init; } = Redactor.None;

    public ApplicationSettings Settings => new() { Folder = Source, WorkFolder = Work, MinFree = 0 };

    public void Write(string path, string text)
    {
        var file = Path.Combine(Source, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>A command of a shell, in the source folder's copy.</summary>
    public static CommandSettings Shell(string script, ReportSettings? report = null) => new() { Run = ["sh", "-c", script], Report = report };

    public Task<StepEnded> TestsAsync(string script, CancellationToken cancellationToken, ReportSettings? report = null) =>
        RunAsync(Settings with { Tests = Shell(script, report) }, CheckKind.Tests.Id, cancellationToken);

    /// <summary>Runs one step with doors of its own, as a week's run does.</summary>
    public async Task<StepEnded> RunAsync(ApplicationSettings settings, string id, CancellationToken cancellationToken)
    {
        Again();
        await using var bench = new Workbench(Configuration(settings));
        return await Harness.RunAsync(cancellationToken, Steps(bench).Single(step => step.Definition.Id == id));
    }

    public IReadOnlyList<Step> Steps(Workbench bench) => ApplicationSteps.Create(bench, new ProgramDoor(Redactor, TimeProvider.System) { Grace = TimeSpan.FromMilliseconds(300) }, _http, new ApplicationPast(() => Built), Redactor, TimeProvider.System);

    /// <summary>A check with a runner that believes sooner that a watcher waits.</summary>
    public async Task<StepEnded> ImpatientAsync(ApplicationSettings settings, TimeSpan silence, CancellationToken cancellationToken)
    {
        Again();
        await using var bench = new Workbench(Configuration(settings));
        var programs = new ProgramDoor(Redactor, TimeProvider.System) { Grace = TimeSpan.FromMilliseconds(300) };
        var runner = new CommandRunner(programs, settings, bench.Folder, Redactor, TimeProvider.System) { Silence = silence };
        return await Harness.RunAsync(cancellationToken, new CommandStep(CheckKind.Tests, new ProjectCommands(bench, runner, new PackageStore(bench, runner, programs, TimeProvider.System), Redactor)));
    }

    public UpkeepConfiguration Configuration(ApplicationSettings settings) => new() { Platform = "Test", Database = new DatabaseSettings { ConnectionString = "" }, Root = Root, Application = settings };

    /// <summary>Every file, folder and link of a folder with what it holds.</summary>
    public static IReadOnlyList<string> Picture(string folder) =>
        [.. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Where(entry => !entry.FullName.Contains("/node_modules/", StringComparison.Ordinal))
            .Select(entry => $"{entry.FullName} {entry.LastWriteTimeUtc:O} {entry.LinkTarget} {(entry is FileInfo { LinkTarget: null } file ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName))) : "")}").Order(StringComparer.Ordinal)];

    private void Again()
    {
        Harness.Dispose();
        Harness = new StepHarness();
    }

    public ValueTask DisposeAsync()
    {
        Harness.Dispose();
        _http.Dispose();
        Directory.Delete(Root, recursive: true);
        return ValueTask.CompletedTask;
    }
}
