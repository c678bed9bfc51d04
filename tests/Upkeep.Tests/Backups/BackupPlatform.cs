using Microsoft.Extensions.Time.Testing;
using Upkeep.Backups;
using Upkeep.Backups.Foreign;
using Upkeep.Backups.Presence;
using Upkeep.Backups.Sizes;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Redaction;
using Upkeep.Testing;

namespace Upkeep.Tests.Backups;

/// <summary>A platform with a store and a nightly folder, late on a Sunday in Toronto, and the steps that look at both.</summary>
internal sealed class BackupPlatform : IDisposable
{
    // 02:30 on Sunday, 22 November, in Toronto.
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 7, 30, 0, TimeSpan.Zero);

    public FakeTimeProvider Time { get; } = new(Now);

    public StepHarness Harness { get; } = new();

    public int Days { get; init; } = 7;

    public bool WatchesNightly { get; init; } = true;

    /// <summary>What the nightly folder is said to hold; null where it can't be read.</summary>
    public List<ForeignBackup>? Nightly { get; init; } = [];

    public BackupPast Past { get; set; } = BackupPast.None;

    public string Folder => Path.Combine(Harness.Root, "backups");

    public string NightlyFolder => Path.Combine(Harness.Root, "nightly");

    public BackupStore Store => new(Folder);

    private UpkeepConfiguration Configuration => new()
    {
        Platform = "Test",
        Database = new DatabaseSettings { ConnectionString = $"Host=nowhere;Database={MadeBackups.Database}" },
        Window = new WindowSettings { TimeZone = "America/Toronto" },
        Backup = new BackupSettings { Folder = Folder, Expected = new ExpectedBackupSettings { Days = Days, Folders = WatchesNightly ? [NightlyFolder] : [] } },
    };

    private FindForeign Foreign => (_, _) => Nightly is null ? throw new UnauthorizedAccessException("Access to it is denied.") : Task.FromResult<IReadOnlyList<ForeignBackup>>(Nightly);

    /// <summary>The server that the platform's database is on.</summary>
    public const string Server = "7300000000000000001";

    private ReadInventory Read => new InventoryReader(Configuration.Backup, new BackupOwner(MadeBackups.Database, Server), Foreign).ReadAsync;

    public static DateTimeOffset DaysAgo(double days) => Now.AddDays(-days);

    /// <summary>A nightly dump that ended so many days ago.</summary>
    public void Night(double ago, long bytes = 1_000_000, ForeignState state = ForeignState.Whole, string detail = "read to its end") =>
        Nightly!.Add(new ForeignBackup(Path.Combine(NightlyFolder, $"night-{ago}.sql.gz"), ForeignFormat.PlainSql, ForeignCompression.Gzip, state, bytes, DaysAgo(ago), detail));

    public Task OwnAsync(string name, double ago, CancellationToken cancellationToken, bool? proven = null, string? run = null, int bytes = 1000, string database = MadeBackups.Database, string? server = null) =>
        MadeBackups.MakeAsync(Store, name, DaysAgo(ago), cancellationToken, proven, run, database, bytes: bytes, server: server);

    public async Task<(StepEnded End, IReadOnlyList<Finding> Findings)> PresenceAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(NightlyFolder);
        var end = await Harness.RunAsync(cancellationToken, new PresenceStep(Configuration, Read, Redactor.None, Time));
        return (end, Harness.Findings("backups.presence"));
    }

    public async Task<(StepEnded End, IReadOnlyList<Finding> Findings)> SizesAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(NightlyFolder);
        var end = await Harness.RunAsync(cancellationToken, new SizesStep(Configuration, Read, () => Past, Redactor.None, Time));
        return (end, Harness.Findings("backups.sizes"));
    }

    public void Dispose() => Harness.Dispose();
}
