using System.CommandLine;
using System.Globalization;
using Npgsql;
using SceneScout.Schema;
using SceneScout.Seeding;

namespace SceneScout;

/// <summary>The program's verbs.</summary>
internal static class Commands
{
    private static readonly Option<string?> _database = new("--database")
    {
        Description = $"Where the database is, as a URL or key=value text without a password. Default: the environment's {DatabaseAddress.Variable}.",
        Recursive = true,
    };

    public static RootCommand Root(TimeProvider time) => new("SceneScout: events near you. A small working platform to maintain.")
    {
        _database, Migrate(), Seed(time), NightlyCommand.Create(time), SiteCommands.Serve(time), SiteCommands.Traffic(time),
    };

    /// <returns>0, or 2 where the arguments can't be used.</returns>
    public static async Task<int> RunAsync(this RootCommand root, string[] arguments, CancellationToken cancellationToken)
    {
        var parsed = root.Parse(arguments);
        var status = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancellationToken);
        return parsed.Errors.Count > 0 ? 2 : status;
    }

    /// <summary>An open connection to the database that the arguments or the environment name.</summary>
    public static async Task<NpgsqlConnection> OpenAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(Address(parsed));
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    public static string Address(ParseResult parsed) =>
        DatabaseAddress.Resolve(parsed.GetValue(_database), Environment.GetEnvironmentVariable(DatabaseAddress.Variable));

    private static Command Migrate()
    {
        var command = new Command("migrate", "Brings the database to this build's schema.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await OpenAsync(parsed, cancellationToken);
            var applied = await Migrator.MigrateAsync(connection, cancellationToken);
            Console.WriteLine(applied.Count == 0 ? "The schema is up to date." : $"Applied {string.Join(", ", applied)}.");
            return 0;
        });
        return command;
    }

    private static Command Seed(TimeProvider time)
    {
        var scale = new Option<double>("--scale")
        {
            Description = "1 gives 20,000 events and 100,000 api_logs.",
            DefaultValueFactory = _ => 1,
            CustomParser = result => Arguments.Number(result, 0.001, 1_000),
        };
        var seed = new Option<int>("--seed") { Description = "Where all chance comes from: the same number gives the same rows.", DefaultValueFactory = _ => 1 };
        var now = new Option<string?>("--now") { Description = "The instant that ages count from, for example 2026-11-22T07:00:00Z. Default: the clock." };
        var logs = new Option<string?>("--logs") { Description = "Folder to write the log files of the last 24 hours to as well." };
        var command = new Command("seed", "Fills an empty database with realistic rows.") { scale, seed, now, logs };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var plan = new SeedPlan(parsed.GetValue(scale), parsed.GetValue(seed), Arguments.Instant(parsed.GetValue(now), time));
            await using var connection = await OpenAsync(parsed, cancellationToken);
            var started = time.GetTimestamp();
            await Seeder.SeedAsync(connection, plan, cancellationToken);
            if (parsed.GetValue(logs) is { } folder)
                LogSeed.Write(plan, folder);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Filled with {plan.Events:N0} events and {plan.ApiLogs:N0} api_logs (scale {plan.Scale}, seed {plan.Seed}) in {time.GetElapsedTime(started).TotalSeconds:F1} s."));
            return 0;
        });
        return command;
    }
}
