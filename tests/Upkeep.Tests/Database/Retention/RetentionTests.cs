using Upkeep.Journal;
using Upkeep.Testing;
using static Upkeep.Tests.Database.Retention.RetentionCase;

namespace Upkeep.Tests.Database.Retention;

public sealed class RetentionTests(PostgresServer server)
{
    // 2,000 rows, one every 90 minutes up to now, about a quarter of them older than 90 days.
    private const string Logs = """
        create table public.logs (id bigint generated always as identity primary key, at timestamptz, status int, note text,
          size int generated always as (length(note)) stored);
        insert into public.logs (at, status, note) select now() - g * interval '90 minutes', 200 + g % 5, E'line\t' || g || E'\nnext \\' from generate_series(1, 2000) g;
        """;

    [Fact]
    public async Task Old_rows_are_archived_and_removed_and_newer_ones_stay()
    {
        await using var test = await CreateAsync(server, Logs, Rule("public.logs"));
        var old = await test.CountAsync("logs", "at < now() - interval '30 days'");

        var end = await test.RunAsync();

        end.Status.ShouldBe(StepStatus.Succeeded, end.Reason);
        end.Undo.ShouldBe(UndoState.Available);
        test.Effect.Deleted.ShouldBe(old);
        (await test.CountAsync("logs")).ShouldBe(2000 - old);
        (await test.CountAsync("logs", "at < now() - interval '30 days 1 hour'")).ShouldBe(0);
        var measures = test.Harness.Measures(Id);
        measures.ShouldContain(measure => measure.Name == "rows" && measure.Look == Look.Before && measure.Value == 2000);
        measures.ShouldContain(measure => measure.Name == "rows" && measure.Look == Look.After && measure.Value == 2000 - old);
        test.Harness.Facts<ArtifactWritten>(Id).ShouldContain(fact => fact.Artifact.Path.EndsWith("rows-1.copy.zst"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("create index on public.logs (at); analyze public.logs;")]
    public async Task An_undo_puts_every_row_back_as_it_was(string index)
    {
        await using var test = await CreateAsync(server, Logs + index, Rule("public.logs", days: index.Length == 0 ? 30 : 110));
        var before = await test.ContentAsync("logs");
        (await test.RunAsync()).Status.ShouldBe(StepStatus.Succeeded);
        (await test.ContentAsync("logs")).ShouldNotBe(before);

        var proof = await test.UndoAsync();

        proof.Holds.ShouldBeTrue(proof.Summary);
        proof.Summary.ShouldContain("digest");
        (await test.ContentAsync("logs")).ShouldBe(before);
        (await test.UndoAsync()).Summary.ShouldContain("already");
    }

    [Fact]
    public async Task A_condition_keeps_the_rows_that_do_not_meet_it()
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs", where: "status = 200 -- only these"));
        (await test.RunAsync()).Status.ShouldBe(StepStatus.Succeeded);
        (await test.CountAsync("logs", "status = 200 and at < now() - interval '30 days'")).ShouldBe(0);
        (await test.CountAsync("logs", "status <> 200")).ShouldBe(1600);
    }

    [Theory]
    [InlineData("date", "2026-01-01")]
    [InlineData("timestamp", "2026-01-01 10:00:00.123456")]
    [InlineData("timestamptz", "2026-01-01 10:00:00.5+02")]
    public async Task Dates_and_timestamps_with_and_without_zone_are_read(string type, string sample)
    {
        await using var test = await CreateAsync(server, $"create table public.t (at {type}); insert into public.t select '{sample}'::{type} from generate_series(1, 10); insert into public.t values ('infinity'), (null), (now()), ('-infinity'), ('0044-03-15 BC');",
            Rule("t"), settings => settings with { Window = settings.Window with { TimeZone = "America/Toronto" } });
        var before = await test.ContentAsync("t");
        (await test.RunAsync()).Status.ShouldBe(StepStatus.Succeeded);
        (await test.CountAsync("t")).ShouldBe(3);
        (await test.UndoAsync()).Holds.ShouldBeTrue();
        (await test.ContentAsync("t")).ShouldBe(before);
    }

    [Fact]
    public async Task Odd_names_are_only_names()
    {
        const string Schema = """
            create schema "my ""Sch.ema"; create table "my ""Sch.ema"."T'a.b le" ("the ""Time" timestamptz, "select" int, "a,b" text);
            insert into "my ""Sch.ema"."T'a.b le" select now() - g * interval '1 day', g, 'x' from generate_series(1, 100) g;
            """;
        await using var test = await CreateAsync(server, Schema, Rule("\"my \"\"Sch.ema\".\"T'a.b le\"", "the \"Time", where: "\"select\" > 0"));
        var before = await test.ContentAsync("\"my \"\"Sch.ema\".\"T'a.b le\"");
        (await test.RunAsync()).Status.ShouldBe(StepStatus.Succeeded);
        (await test.CountAsync("\"my \"\"Sch.ema\".\"T'a.b le\"")).ShouldBeLessThanOrEqualTo(30);
        (await test.UndoAsync()).Holds.ShouldBeTrue();
        (await test.ContentAsync("\"my \"\"Sch.ema\".\"T'a.b le\"")).ShouldBe(before);
    }

    [Fact]
    public async Task Partitions_are_worked_through_leaf_by_leaf_and_come_back_to_where_they_were()
    {
        const string Schema = """
            create table public.p (id bigint, at timestamptz not null) partition by range (at);
            create table public.p_old partition of public.p for values from (minvalue) to ('2026-01-01') ;
            create table public.p_new (at timestamptz not null, id bigint);
            alter table public.p attach partition public.p_new for values from ('2026-01-01') to (maxvalue);
            insert into public.p select g, now() - g * interval '1 day' from generate_series(1, 700) g;
            """;
        await using var test = await CreateAsync(server, Schema, Rule("p"));
        var before = await test.ContentAsync("(select tableoid::regclass, id, at from p)");
        (await test.RunAsync()).Status.ShouldBe(StepStatus.Succeeded);
        (await test.CountAsync("p")).ShouldBeLessThanOrEqualTo(30);
        test.Effect.Leaves.Count.ShouldBe(2);
        (await test.UndoAsync()).Holds.ShouldBeTrue();
        (await test.ContentAsync("(select tableoid::regclass, id, at from p)")).ShouldBe(before);
    }

    [Fact]
    public async Task A_great_many_rows_of_one_instant_are_taken_some_at_a_time()
    {
        const string Schema = """
            create table public.t (id int, at timestamptz); create index on public.t (at);
            insert into public.t select g, '2026-01-01' from generate_series(1, 5000) g; insert into public.t select g, now() from generate_series(1, 95000) g; analyze public.t;
            """;
        await using var test = await CreateAsync(server, Schema, Rule("t"), settings => settings with { Throttle = settings.Throttle with { Enabled = true } });
        (await test.RunAsync()).Status.ShouldBe(StepStatus.Succeeded);
        test.Effect.Deleted.ShouldBe(5000);
        (await test.CountAsync("t")).ShouldBe(95000);
    }

    [Fact]
    public async Task Without_archive_rows_are_gone_for_good_and_the_step_says_so()
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs"), settings => settings with { Retention = settings.Retention with { Archive = false } });
        var end = await test.RunAsync();
        end.Status.ShouldBe(StepStatus.Succeeded);
        end.Undo.ShouldBe(UndoState.None);
        (await test.UndoAsync()).Holds.ShouldBeFalse();
        Directory.Exists(Path.Combine(test.Harness.Folder, "database")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_second_run_finds_nothing_to_do()
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs"));
        await test.RunAsync();
        using var again = new StepHarness();
        var end = await again.RunAsync(TestContext.Current.CancellationToken, test.Step);
        end.Status.ShouldBe(StepStatus.Succeeded);
        end.Undo.ShouldBe(UndoState.NotNeeded);
    }

    [Fact]
    public async Task A_dry_run_changes_nothing_and_says_what_would_be_done()
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs"));
        var end = await test.Harness.RunAsync(dryRun: true, TestContext.Current.CancellationToken, test.Step);
        end.Summary.ShouldContain("archive and remove");
        (await test.CountAsync("logs")).ShouldBe(2000);
    }

    [Fact]
    public async Task Archives_are_readable_by_their_owner_only_and_are_plain_zstd_copy_text()
    {
        await using var test = await CreateAsync(server, Logs, Rule("logs"));
        await test.RunAsync();
        var file = Path.Combine(test.Harness.Folder, "database/archive/retention/01-public.logs/rows-1.copy.zst");
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Path.GetDirectoryName(file)!).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var reader = new StreamReader(new ZstdSharp.DecompressionStream(File.OpenRead(file)));
        (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Count(one => one == '\n').ShouldBe((int)test.Effect.Deleted);
    }

    [Fact]
    public async Task Expired_sessions_go_by_the_instant_they_expire()
    {
        await using var test = await CreateAsync(server, "create schema auth; create table auth.sessions (id uuid primary key default gen_random_uuid(), not_after timestamptz); insert into auth.sessions (not_after) select now() + (g - 50) * interval '1 hour' from generate_series(1, 100) g",
            [], settings => settings with { Sessions = new() { Rules = [Rule("auth.sessions", "not_after", days: 0)] } });
        await using var door = new Upkeep.Postgres.DatabaseDoor(test.Database.Settings);
        test.Step = StepOf(new() { Platform = "Test", Database = test.Database.Settings, Throttle = new() { Enabled = false }, Sessions = new() { Rules = [Rule("auth.sessions", "not_after", days: 0)] } }, door, TimeProvider.System, "database.sessions");
        var end = await test.RunAsync();
        end.Status.ShouldBe(StepStatus.Succeeded);
        (await test.CountAsync("auth.sessions", "not_after < now() - interval '1 minute'")).ShouldBe(0);
        (await test.CountAsync("auth.sessions")).ShouldBe(50);
        (await test.UndoAsync()).Holds.ShouldBeTrue();
    }
}
