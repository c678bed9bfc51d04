using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Database;
using Upkeep.Database.Retention;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Running;
using Upkeep.Testing;

namespace Upkeep.Tests.Database.Retention;

/// <summary>A database of its own, rules, and the real step run through the real runner.</summary>
internal sealed class RetentionCase : IAsyncDisposable
{
    public const string Id = "database.retention";

    private readonly DatabaseDoor _door;

    private RetentionCase(TestDatabase database, StepHarness harness, Step step, DatabaseDoor door)
    {
        Database = database;
        Harness = harness;
        Step = step;
        _door = door;
    }

    public TestDatabase Database { get; }
    public StepHarness Harness { get; }
    public Step Step { get; set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<RetentionCase> CreateAsync(PostgresServer server, string schema, RetentionRule rule, Func<UpkeepConfiguration, UpkeepConfiguration>? settings = null) =>
        await CreateAsync(server, schema, [rule], settings);

    public static async Task<RetentionCase> CreateAsync(PostgresServer server, string schema, IReadOnlyList<RetentionRule> rules,
        Func<UpkeepConfiguration, UpkeepConfiguration>? settings = null)
    {
        var database = await server.CreateDatabaseAsync(Token, schema);
        var harness = new StepHarness();
        var configuration = new UpkeepConfiguration
        {
            Platform = "Test",
            Database = database.Settings,
            Retention = new RetentionSettings { Rules = rules },
            Throttle = new ThrottleSettings { Enabled = false },
        };
        configuration = settings?.Invoke(configuration) ?? configuration;
        var door = new DatabaseDoor(configuration.Database);
        return new RetentionCase(database, harness, StepOf(configuration, door, harness.Time), door);
    }

    public static Step StepOf(UpkeepConfiguration configuration, DatabaseDoor door, TimeProvider time, string id = Id) =>
        DatabaseSteps.Create(configuration, door, time).Single(step => step.Definition.Id == id);

    public static RetentionRule Rule(string table, string column = "at", int days = 30, string? where = null, double maxShare = 1) =>
        new() { Table = table, Column = column, Keep = TimeSpan.FromDays(days), Where = where, MaxShare = maxShare };

    public Task<StepEnded> RunAsync() => Harness.RunAsync(Token, Step);

    public Task<Proof> UndoAsync() => Harness.UndoAsync(Step, Token);

    public IReadOnlyList<string> Codes => [.. Harness.Findings(Step.Definition.Id).Select(finding => finding.Code)];

    public RetentionEffect Effect => JournalJson.FromElement<RetentionEffect>(Harness.Facts<StepActed>(Step.Definition.Id)[^1].Effect);

    /// <summary>Every row of a table as text, order left out: what must be the same again after an undo.</summary>
    public async Task<string> ContentAsync(string table) =>
        await Database.ScalarAsync<string>($"select count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\\n' order by t::text collate \"C\")), '') from {table} t", Token) ?? "";

    public async Task<long> CountAsync(string table, string where = "true") =>
        await Database.ScalarAsync<long>(string.Create(CultureInfo.InvariantCulture, $"select count(*) from {table} where {where}"), Token);

    public async ValueTask DisposeAsync()
    {
        Harness.Dispose();
        await _door.DisposeAsync();
        await Database.DisposeAsync();
    }
}
