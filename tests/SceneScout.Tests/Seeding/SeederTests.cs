using SceneScout.Seeding;
using Upkeep.Testing;

namespace SceneScout.Tests.Seeding;

public sealed class SeederTests(PostgresServer server)
{
    // Every value of every row, whatever the row's place in its table.
    private const string Digest =
        """
        select string_agg(part, ' ' order by part) from (
          select 'users ' || md5(string_agg(t::text, '|' order by t::text)) as part from auth.users t
          union all select 'sessions ' || md5(string_agg(t::text, '|' order by t::text)) from auth.sessions t
          union all select 'visits ' || md5(string_agg(t::text, '|' order by t::text)) from user_sessions t
          union all select 'venues ' || md5(string_agg(t::text, '|' order by t::text)) from venues t
          union all select 'events ' || md5(string_agg(t::text, '|' order by t::text)) from events t
          union all select 'audit ' || md5(string_agg(t::text, '|' order by t::text)) from audit_logs t
          union all select 'api ' || md5(string_agg(t::text, '|' order by t::text)) from api_logs t
          union all select 'ingestion ' || md5(string_agg(t::text, '|' order by t::text)) from ingestion_logs t
          union all select 'queue ' || md5(string_agg(t::text, '|' order by t::text)) from ingestion_queue t) parts
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_seed_gives_the_same_rows_and_another_gives_others()
    {
        var plan = new SeedPlan(0.02, 7, Scout.Now);
        await using var one = await Scout.FilledAsync(server, plan, Token);
        await using var two = await Scout.FilledAsync(server, plan, Token);
        await using var other = await Scout.FilledAsync(server, plan with { Seed = 8 }, Token);

        var digest = await one.ScalarAsync<string>(Digest, Token);

        (await two.ScalarAsync<string>(Digest, Token)).ShouldBe(digest);
        (await other.ScalarAsync<string>(Digest, Token)).ShouldNotBe(digest);
    }

    [Fact]
    public async Task The_data_has_the_flaws_and_ages_that_maintenance_is_for()
    {
        await using var database = await Scout.FilledAsync(server, new SeedPlan(0.5, 1, Scout.Now), Token);

        await ShouldBeNear(database, "events", "venue_id is null", EventSeed.WithoutVenue);
        await ShouldBeNear(database, "events", "event_date is null", EventSeed.WithoutDate);
        await ShouldBeNear(database, "events", "image_url is null", EventSeed.WithoutImage);
        await ShouldBeNear(database, "venues", "latitude = 0 and longitude = 0", VenueSeed.ZeroCoordinates);
        await ShouldBeNear(database, "ingestion_logs", "status = 'error'", IngestionSeed.FailedRuns);
        await ShouldBeNear(database, "api_logs", "created_at < $now - interval '30 days'", 0.84);
        await ShouldBeNear(database, "audit_logs", "created_at < $now - interval '90 days'", 0.53);
        await ShouldBeNear(database, "auth.sessions", "expires_at < $now", 0.84);
        (await Count(database, "events", "created_at > $now")).ShouldBeGreaterThan(0);
        (await Count(database, "events", "event_date < $now - interval '10 years'")).ShouldBeGreaterThan(0);
        (await Count(database, "ingestion_queue", "status = 'failed' and created_at < $now - interval '7 days'")).ShouldBeGreaterThan(0);
        (await Count(database, "(select source, external_id from events group by 1, 2 having count(*) > 1) twice", "true")).ShouldBeGreaterThan(0);
        (await Count(database, "api_logs", "created_at < $now - interval '200 days' - interval '1 hour' or created_at > $now")).ShouldBe(0);
    }

    [Fact]
    public async Task Evenings_are_busier_than_nights()
    {
        await using var database = await Scout.FilledAsync(server, new SeedPlan(0.1, 1, Scout.Now), Token);

        var evening = await Count(database, "api_logs", "extract(hour from created_at at time zone 'UTC') between 18 and 20");
        var night = await Count(database, "api_logs", "extract(hour from created_at at time zone 'UTC') between 3 and 5");

        evening.ShouldBeGreaterThan(night * 5);
    }

    [Fact]
    public async Task Log_rows_are_stored_in_the_order_of_their_time()
    {
        await using var database = await Scout.FilledAsync(server, new SeedPlan(0.1, 1, Scout.Now), Token);

        (await Count(database, "(select created_at < lag(created_at) over (order by id) as back from api_logs) pairs", "back")).ShouldBe(0);
    }

    [Fact]
    public async Task Few_enough_users_are_active_for_a_run_to_start_at_every_scale()
    {
        await using var database = await Scout.FilledAsync(server, new SeedPlan(0.5, 3, Scout.Now), Token);

        (await database.ScalarAsync<long>($"select count(distinct user_id) from user_sessions where last_active > {Instant} - interval '5 minutes'", Token))
            .ShouldBeInRange(1, 10);
    }

    [Fact]
    public async Task The_load_leaves_dead_rows()
    {
        await using var database = await Scout.FilledAsync(server, new SeedPlan(0.1, 1, Scout.Now), Token);
        await database.ExecuteAsync("create extension pgstattuple", Token);

        (await database.ScalarAsync<long>("select dead_tuple_count from pgstattuple('events')", Token)).ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task A_database_with_rows_is_not_filled_again()
    {
        await using var database = await Scout.FilledAsync(server, new SeedPlan(0.01, 1, Scout.Now), Token);
        await using var connection = await Scout.OpenAsync(database, Token);

        var problem = await Should.ThrowAsync<ScoutException>(() => Seeder.SeedAsync(connection, new SeedPlan(0.01, 1, Scout.Now), Token));

        problem.Message.ShouldContain("holds rows already");
    }

    [Fact]
    public async Task A_database_without_schema_is_told_to_migrate()
    {
        await using var database = await server.CreateDatabaseAsync(Token);
        await using var connection = await Scout.OpenAsync(database, Token);

        var problem = await Should.ThrowAsync<ScoutException>(() => Seeder.SeedAsync(connection, new SeedPlan(1, 1, Scout.Now), Token));

        problem.Message.ShouldContain("scenescout migrate");
    }

    private static string Instant => $"timestamptz '{Scout.Now:yyyy-MM-dd HH:mm:ss}+00'";

    private static async Task<long> Count(TestDatabase database, string from, string where) =>
        await database.ScalarAsync<long>($"select count(*) from {from} where {where.Replace("$now", Instant, StringComparison.Ordinal)}", Token);

    // Four standard deviations of a share: a fixed seed makes the outcome fixed, and another seed would pass too.
    private static async Task ShouldBeNear(TestDatabase database, string table, string where, double share)
    {
        var rows = await Count(database, table, "true");
        var found = (double)await Count(database, table, where) / rows;
        found.ShouldBe(share, 0.01 + (4 * Math.Sqrt(share * (1 - share) / rows)), $"{table} where {where}");
    }
}
