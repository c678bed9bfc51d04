namespace SceneScout.Seeding;

/// <summary>How much of everything there is to be. The same plan always gives the same rows.</summary>
/// <param name="Scale">1 is a small town's week (20,000 events, 100,000 api_logs); 15 is the size of the real platform.</param>
/// <param name="Seed">Where all chance comes from.</param>
/// <param name="Now">The instant that ages count from.</param>
public sealed record SeedPlan(double Scale, int Seed, DateTimeOffset Now)
{
    /// <summary>How far back the data goes.</summary>
    public const int Days = 200;

    public int Users => Rows(2_000);
    public int Logins => Rows(8_000);
    public int Visits => Rows(6_000);
    public int Venues => Rows(1_000);
    public int Events => Rows(20_000);
    public int AuditLogs => Rows(33_000);
    public int ApiLogs => Rows(100_000);
    public int IngestionLogs => Rows(26_000);
    public int QueueEntries => Rows(5_000);

    /// <summary>A stream of chance of its own for each table, so that a change to one leaves the others as they were.</summary>
    public Random Chance(int stream) => new(unchecked((Seed * 397) ^ (stream * 7919)));

    private int Rows(int atScaleOne) => Math.Max(1, (int)Math.Round(atScaleOne * Scale));
}
