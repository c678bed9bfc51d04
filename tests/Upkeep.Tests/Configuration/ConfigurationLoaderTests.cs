using System.Text;
using Npgsql;

namespace Upkeep.Tests.Configuration;

public sealed class ConfigurationLoaderTests : IDisposable
{
    private readonly ConfigurationFixture _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_file_with_only_a_platform_and_a_database_is_enough()
    {
        var configuration = _files.Right(ConfigurationFixture.Smallest);

        configuration.Platform.ShouldBe("Test");
        new NpgsqlConnectionStringBuilder(configuration.Database.ConnectionString).Host.ShouldBe("db.test");
        configuration.Root.ShouldBe(Path.Combine(_files.Folder, "maintenance"));
        configuration.Window.Start.ShouldBe(new TimeOnly(2, 0));
        configuration.Database.LockTimeout.ShouldBe(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Every_kind_of_value_is_read()
    {
        var configuration = _files.Right(ConfigurationFixture.Smallest + """
              lockTimeout: 250ms
              schemas: [public, "Odd Name"]
            root: ../elsewhere
            window: {day: saturday, preparation: 22:30, start: 23:00, end: 3:15, timeZone: America/Toronto, reserve: 20m}
            throttle: {enabled: false, softLatencyFactor: 2.5, softActiveShare: 40%}
            readiness: {freeDiskReserve: 2 GiB, maxActiveUsers: 3}
            health:
              endpoints:
                - {name: home, url: https://example.org/}
            retention:
              rules:
                - {table: audit_logs, column: created_at, keep: 90 days, where: "status = 'success'", maxShare: 0.5}
            steps:
              database.vacuum: {enabled: false, deadline: 1h 30m, priority: 2}
            """);

        configuration.Database.Schemas.ShouldBe(["public", "Odd Name"]);
        configuration.Root.ShouldBe(Path.GetFullPath("../elsewhere", _files.Folder));
        configuration.Window.Day.ShouldBe(DayOfWeek.Saturday);
        configuration.Window.End.ShouldBe(new TimeOnly(3, 15));
        configuration.Throttle.SoftActiveShare.ShouldBe(0.4);
        configuration.Readiness.FreeDiskReserve.ShouldBe(2L << 30);
        configuration.Health.Endpoints.ShouldHaveSingleItem().Url.Host.ShouldBe("example.org");
        var rule = configuration.Retention.Rules.ShouldHaveSingleItem();
        rule.Keep.ShouldBe(TimeSpan.FromDays(90));
        rule.Where.ShouldBe("status = 'success'");
        configuration.Steps["database.vacuum"].Deadline.ShouldBe(TimeSpan.FromMinutes(90));
    }

    [Fact]
    public void Every_problem_is_told_at_once_with_its_line_and_in_order()
    {
        var loaded = _files.Load("""
            platform: Test
            databas:
              url: x
            database:
              url: postgres://app@db.test/app
              lockTimeout: 100
            window:
              start: 25:00
              timeZone: America/Torronto
            retention:
              rules:
                - table: audit_logs
                  keep: 90 dayz
            health:
              endpoints: []
            steps:
              database.vacum: {enabled: perhaps}
            vacuum: {parallel: -1}
            """);

        loaded.Configuration.ShouldBeNull();
        loaded.Problems.Select(problem => (problem.Line, problem.Key)).ShouldBe([
            (2, "databas"), (6, "database.lockTimeout"), (8, "window.start"), (9, "window.timeZone"),
            (12, "retention.rules[0].column"), (13, "retention.rules[0].keep"), (15, "health.endpoints"),
            (17, "steps.database.vacum.enabled"), (17, "steps.database.vacum"), (18, "vacuum.parallel"),
        ]);
        loaded.Problems.ShouldAllBe(problem => problem.Hint.Length > 0 && problem.File == _files.File);
        loaded.Problems.Single(problem => problem.Key == "databas").Hint.ShouldBe("Did you mean database?");
        loaded.Problems.Single(problem => problem.Key == "window.timeZone").Hint.ShouldBe("Did you mean America/Toronto?");
        loaded.Problems.Single(problem => problem.Key == "steps.database.vacum").Hint.ShouldBe("Did you mean database.vacuum?");
    }

    [Theory]
    [InlineData("window:\n  reserve: 90 days\n", "window.reserve", "whole window")]
    [InlineData("window:\n  reserve: 30\n", "window.reserve", "'30' has no unit")]
    [InlineData("window:\n  reserve: -30m\n", "window.reserve", "negative")]
    [InlineData("window:\n  reserve: 3 months\n", "window.reserve", "'3 months' is no duration")]
    [InlineData("window:\n  start: 2am\n", "window.start", "'2am' is no time of day")]
    [InlineData("window:\n  day: sonday\n", "window.day", "'sonday'")]
    [InlineData("window:\n  start: 06:00\n", "window.end", "starts and ends at 06:00")]
    [InlineData("window:\n  preparation: 03:00\n", "window.preparation", "after the window's start")]
    [InlineData("readiness:\n  maxActiveUsers: -1\n", "readiness.maxActiveUsers", "'-1' is negative")]
    [InlineData("readiness:\n  maxActiveUsers: ten\n", "readiness.maxActiveUsers", "'ten' is no whole number")]
    [InlineData("readiness:\n  maxActiveUsers: 99999999999\n", "readiness.maxActiveUsers", "too large")]
    [InlineData("readiness:\n  maxActiveUsers: [1]\n", "readiness.maxActiveUsers", "a list stands where one value belongs")]
    [InlineData("readiness:\n  maxActiveUsers:\n", "readiness.maxActiveUsers", "has no value")]
    [InlineData("readiness: 5\n", "readiness", "a single value stands where keys belong")]
    [InlineData("steps:\n  database.vacuum: {priority: 10}\n", "steps.database.vacuum.priority", "out of range")]
    [InlineData("verification: {slowerShare: .nan}\n", "verification.slowerShare", "no number")]
    [InlineData("throttle: {softLockWaiters: 30}\n", "throttle.softLockWaiters", "above the hard limit 20")]
    [InlineData("alerts: {alertmanager: /api}\n", "alerts.alertmanager", "'/api' is no absolute http or https address")]
    [InlineData("alerts: {allowCritical: yes}\n", "alerts.allowCritical", "neither true nor false")]
    [InlineData("root: ''\n", "root", "is empty")]
    [InlineData("root: a\nroot: b\n", "root", "stands twice, first in line 4")]
    [InlineData("lockTimeout: 1s\n", "lockTimeout", "unknown key")]
    [InlineData("retention:\n  rules:\n    - {table: a.b.c, column: t, keep: 1d}\n", "retention.rules[0].table", "no table name")]
    [InlineData("retention:\n  rules:\n    - {table: a, column: t, keep: 0}\n", "retention.rules[0].keep", "every row")]
    [InlineData("retention:\n  rules:\n    - {table: a, column: t, keep: 1d}\n    - {table: public.a, column: t, keep: 2d}\n", "retention.rules[1].table", "earlier rule")]
    [InlineData("retention:\n  rules:\n    - just text\n", "retention.rules[0]", "a single value stands where keys belong", 4)]
    public void A_wrong_value_is_named_with_its_key(string yaml, string key, string part, int problems = 1)
    {
        var loaded = _files.Load(ConfigurationFixture.Smallest + yaml);

        loaded.Problems.Count.ShouldBe(problems);
        var problem = loaded.Problems[0];
        problem.Key.ShouldBe(key);
        problem.Message.ShouldContain(part);
        problem.Line.ShouldNotBeNull().ShouldBeGreaterThan(3);
    }

    [Theory]
    [InlineData("Toronto", "America/Toronto")]
    [InlineData("Torronto", "America/Toronto")]
    [InlineData("america/new york", "America/New_York")]
    [InlineData("Europe/Berln", "Europe/Berlin")]
    public void A_zone_that_is_not_there_is_told_with_the_nearest(string written, string nearest) =>
        _files.Only(ConfigurationFixture.Smallest + $"window: {{timeZone: {written}}}\n").Hint.ShouldBe($"Did you mean {nearest}?");

    [Fact]
    public void A_key_in_the_wrong_place_is_told_where_it_belongs() =>
        _files.Only(ConfigurationFixture.Smallest + "lockTimeout: 1s\n").Hint.ShouldBe("It belongs elsewhere: database.lockTimeout.");

    [Theory]
    [InlineData("", 1, "empty")]
    [InlineData("# nothing yet\n", 1, "empty")]
    [InlineData("---\n", 1, "empty")]
    [InlineData("platform: a\n\tdatabase: b\n", 2, "tab")]
    [InlineData("platform: [a\n", 2, "Not valid YAML")]
    [InlineData("platform: 'a\n", 1, "Not valid YAML")]
    [InlineData("platform: &a x\ndatabase: *a\n", 2, "aliases")]
    [InlineData("platform: a\n---\nplatform: b\n", 2, "second document")]
    [InlineData("{a: 1, [b]: 2}\n", 1, "key")]
    public void A_file_that_is_no_configuration_is_one_problem(string yaml, int line, string part)
    {
        var problem = _files.Only(yaml);

        problem.Message.ShouldContain(part);
        problem.Line.ShouldBe(line);
        problem.Hint.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_list_at_the_top_is_told_with_what_is_missing() =>
        _files.Load("- a\n").Problems[0].Message.ShouldContain("a list stands where keys belong");

    [Fact]
    public void Endless_nesting_is_one_problem() =>
        _files.Only(string.Concat(Enumerable.Repeat("[", 5000))).Message.ShouldContain("deeper");

    [Fact]
    public void A_folder_a_missing_and_a_huge_file_are_told()
    {
        _files.LoadFile(_files.Folder).Problems.ShouldHaveSingleItem().Message.ShouldContain("folder");
        _files.LoadFile(Path.Combine(_files.Folder, "none.yaml")).Problems.ShouldHaveSingleItem().Hint.ShouldContain("upkeep init");
        _files.Only(new string('#', 2_000_000)).Message.ShouldContain("larger than a configuration");
    }

    [Fact]
    public void A_byte_order_mark_is_no_matter_and_latin_1_is_named_with_its_line()
    {
        File.WriteAllBytes(_files.File, [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(ConfigurationFixture.Smallest)]);
        _files.LoadFile(_files.File).IsValid.ShouldBeTrue();

        File.WriteAllBytes(_files.File, [.. "platform: ok\nroot: caf"u8, 0xE9, .. "\n"u8]);
        var problem = _files.LoadFile(_files.File).Problems.ShouldHaveSingleItem();
        problem.Line.ShouldBe(2);
        problem.Message.ShouldContain("UTF-8");
    }

    [Fact]
    public void Windows_line_ends_are_no_matter() =>
        _files.Right(ConfigurationFixture.Smallest.Replace("\n", "\r\n", StringComparison.Ordinal)).Platform.ShouldBe("Test");

    [Fact]
    public void A_section_with_nothing_below_it_keeps_its_defaults() =>
        _files.Right(ConfigurationFixture.Smallest + "retention:\n  # rules:\nsteps:\n").Retention.Rules.ShouldBeEmpty();
}
