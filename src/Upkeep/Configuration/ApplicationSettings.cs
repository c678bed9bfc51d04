namespace Upkeep.Configuration;

/// <summary>The platform's own source, whose commands are run on a clean copy and whose packages are looked at.</summary>
public sealed record ApplicationSettings
{
    /// <summary>The source folder; nothing is ever written into it. Null where there is none: then nothing of the application is checked.</summary>
    [FilePath]
    public string? Folder { get; init; }
    /// <summary>Where copies are made and packages kept from week to week, readable by the owner only; null: <c>application</c> below root.</summary>
    [FilePath]
    public string? WorkFolder { get; init; }
    /// <summary>What packages kept from week to week may take; the longest unused go first.</summary>
    [ByteSize]
    public long CacheLimit { get; init; } = 4L << 30;
    /// <summary>A command is stopped where less than this is left on the work folder's disk.</summary>
    [ByteSize]
    public long MinFree { get; init; } = 1L << 30;
    /// <summary>Bytes of a command's output that are kept as evidence: so many of its beginning, and so many of its end.</summary>
    [ByteSize]
    public long KeepOutput { get; init; } = 64 << 10;
    /// <summary>Take the packages that lie in the source folder where they are those of the lock file, instead of fetching them.</summary>
    public bool ReusePackages { get; init; }
    /// <summary>Names, <c>*</c> allowed, that are left out of the copy, besides what tools make (.git, node_modules, bin and obj of .NET): the environment's own values.</summary>
    public IReadOnlyList<string> LeaveOut { get; init; } = [".env", ".env.local", ".env.*.local"];
    /// <summary>Variables of our environment that the commands get as well, <c>*</c> allowed at the end. Without a name here they get only what programs need to run.</summary>
    public IReadOnlyList<string> Pass { get; init; } = [];
    /// <summary>Checks types; null: the npm script typecheck.</summary>
    public CommandSettings? Typecheck { get; init; }
    /// <summary>Checks style; null: the npm script lint.</summary>
    public CommandSettings? Lint { get; init; }
    /// <summary>Runs the tests; null: the npm script test, or dotnet test.</summary>
    public CommandSettings? Tests { get; init; }
    public BuildSettings Build { get; init; } = new();
    public DependencySettings Dependencies { get; init; } = new();
    public DriftSettings Environment { get; init; } = new();
}

/// <summary>One of the project's own commands.</summary>
public sealed record CommandSettings
{
    /// <summary>Program and arguments. No shell reads them.</summary>
    public required IReadOnlyList<string> Run { get; init; }
    /// <summary>Where it runs, below the source folder.</summary>
    public string Folder { get; init; } = ".";
    /// <summary>The longest it may take.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(10);
    /// <summary>The report that the tool itself writes, where counts are read from; null: none.</summary>
    public ReportSettings? Report { get; init; }
}

/// <summary>A tool's own report.</summary>
public sealed record ReportSettings
{
    /// <summary>junit, trx, tap, eslint (JSON) or vitest (JSON, jest's too).</summary>
    public required ReportFormat Format { get; init; }
    /// <summary>The file, below the command's folder; <c>*</c> in the last part of the path stands for any characters but a slash.</summary>
    public required string Path { get; init; }
}

/// <summary>How a tool's report is written.</summary>
public enum ReportFormat
{
    Junit,
    Trx,
    Tap,
    Eslint,
    Vitest,
}

/// <summary>The production build and what comes out of it.</summary>
public sealed record BuildSettings
{
    /// <summary>Builds; null: the npm script build, or dotnet build.</summary>
    public CommandSettings? Command { get; init; }
    /// <summary>Folders that the build writes, below its own; what they hold is measured. Those that aren't there are left out.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = ["dist", "build", "out"];
    /// <summary>What assets may weigh.</summary>
    public IReadOnlyList<BudgetSettings> Budgets { get; init; } = [];
    /// <summary>All that is served, compressed, grown by more than this share since last week is a warning.</summary>
    [Share]
    public double GrowthShare { get; init; } = 0.1;
}

/// <summary>What assets may weigh together.</summary>
public sealed record BudgetSettings
{
    /// <summary>The assets, by their path without content hash, <c>*</c> allowed: <c>assets/*.js</c>.</summary>
    public required string Assets { get; init; }
    /// <summary>The most that they may take as they are; null: any.</summary>
    [ByteSize]
    public long? Raw { get; init; }
    /// <summary>The most that they may take with gzip; null: any.</summary>
    [ByteSize]
    public long? Gzip { get; init; }
    /// <summary>The most that they may take with brotli; null: any.</summary>
    [ByteSize]
    public long? Brotli { get; init; }
}

/// <summary>The packages that the platform is built from.</summary>
public sealed record DependencySettings
{
    /// <summary>How long a package manager's registry may take to answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);
    /// <summary>So many major versions behind is a warning.</summary>
    [Limits(1)]
    public int MajorsBehind { get; init; } = 1;
    /// <summary>For an ecosystem that isn't known here: program and arguments that print outdated packages as a JSON list of objects with name, current, latest.</summary>
    public CommandSettings? Command { get; init; }
}

/// <summary>What the platform's environment must hold.</summary>
public sealed record DriftSettings
{
    /// <summary>Files of NAME=value that the platform reads, below the source folder or absolute.</summary>
    public IReadOnlyList<string> Files { get; init; } = [".env"];
    /// <summary>Templates that name the keys, below the source folder.</summary>
    public IReadOnlyList<string> Templates { get; init; } = [".env.example", ".env.sample", ".env.template"];
    /// <summary>systemd units whose Environment= and EnvironmentFile= count, and the environment of their running main process.</summary>
    public IReadOnlyList<string> Units { get; init; } = [];
    /// <summary>Files that hold the process id of a running service, whose real environment counts.</summary>
    public IReadOnlyList<string> PidFiles { get; init; } = [];
    /// <summary>Keys and what they are to hold.</summary>
    public IReadOnlyList<DriftKeySettings> Keys { get; init; } = [];
    /// <summary>Keys that may be missing though the code names them, <c>*</c> allowed at the end.</summary>
    public IReadOnlyList<string> Optional { get; init; } = [];
}

/// <summary>One key of the environment.</summary>
public sealed record DriftKeySettings
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }
    /// <summary>What it holds: text, url, number or boolean.</summary>
    public DriftKind Kind { get; init; } = DriftKind.Text;
}

/// <summary>What a key of the environment holds.</summary>
public enum DriftKind
{
    Text,
    Url,
    Number,
    Boolean,
}
