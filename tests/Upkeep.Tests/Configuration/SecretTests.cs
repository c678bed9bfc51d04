using Npgsql;

namespace Upkeep.Tests.Configuration;

public sealed class SecretTests : IDisposable
{
    private const string Password = "s3cr3t-Pässwort@1";
    private readonly ConfigurationFixture _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_variable_stands_for_a_value_or_a_part_of_one()
    {
        _files.Variables["HOST"] = "db.example";
        _files.Variables["KEEP"] = "90 days";

        var configuration = _files.Right("""
            platform: "${NAME:-Scene Scout}"
            database: {url: "postgres://app@${HOST}/app"}
            retention: {rules: [{table: a, column: b, keep: "${KEEP}", where: "x <> '$${literal}'"}]}
            """);

        configuration.Platform.ShouldBe("Scene Scout");
        new NpgsqlConnectionStringBuilder(configuration.Database.ConnectionString).Host.ShouldBe("db.example");
        configuration.Retention.Rules[0].Keep.ShouldBe(TimeSpan.FromDays(90));
        configuration.Retention.Rules[0].Where.ShouldBe("x <> '${literal}'");
    }

    [Fact]
    public void A_missing_variable_is_a_problem_with_its_line()
    {
        var problem = _files.Only("platform: a\ndatabase:\n  url: ${NOWHERE}\n");

        problem.Line.ShouldBe(3);
        problem.Message.ShouldBe("the environment variable NOWHERE isn't set");
        problem.Hint.ShouldContain("export NOWHERE=");
    }

    [Fact]
    public void A_value_may_stand_in_a_file_of_its_own()
    {
        File.WriteAllText(Path.Combine(_files.Folder, "url"), $"postgres://app:{Uri.EscapeDataString(Password)}@db.test/app\n");

        var loaded = _files.Load("platform: a\ndatabase:\n  url: file:url\n");

        loaded.Problems.ShouldBeEmpty();
        new NpgsqlConnectionStringBuilder(loaded.Configuration!.Database.ConnectionString).Password.ShouldBe(Password);
        loaded.Redactor.Clean($"the password is {Password}").ShouldBe("the password is *****");
    }

    [Theory]
    [InlineData("file:none", "there is no file")]
    [InlineData("file:.", "can't be read")]
    [InlineData("file:empty", "is empty")]
    [InlineData("file:binary", "isn't text")]
    [InlineData("${}", "isn't followed by a variable's name")]
    public void A_reference_that_leads_nowhere_is_a_problem(string url, string part)
    {
        File.WriteAllText(Path.Combine(_files.Folder, "empty"), "\n");
        File.WriteAllBytes(Path.Combine(_files.Folder, "binary"), [0xFF, 0xFE, 0x80]);

        var problem = _files.Only($"platform: a\ndatabase:\n  url: {url}\n");

        problem.Line.ShouldBe(3);
        problem.Message.ShouldContain(part);
    }

    [Fact]
    public void Without_a_url_the_environments_counts_and_nothing_else_is_assumed()
    {
        _files.Only("platform: a\n").Message.ShouldBe("is missing, and the environment has no DATABASE_URL");
        _files.Only("platform: a\ndatabase: {lockTimeout: 1s}\n").Hint.ShouldContain("No default database is ever used");

        _files.Variables["DATABASE_URL"] = $"host=db.test dbname=app user=app password='{Password}'";
        var loaded = _files.Load("platform: a\n");
        loaded.IsValid.ShouldBeTrue();
        loaded.Redactor.Clean(Password).ShouldBe("*****");
    }

    [Theory]
    [InlineData("postgres://app:s3cr3tword@db.test:port/app")]
    [InlineData("postgres://app:s3cr3tword@db.test/app?sslmod=require")]
    [InlineData("postgres://app:s3cr3tword@db.test/app?sslmode=sometimes")]
    [InlineData("postgres://app:s3cr3tword@db.test/")]
    [InlineData("postgres://app:s3cr3tword@/app")]
    [InlineData("mysql://app:s3cr3tword@db.test/app")]
    [InlineData("host=db.test password=s3cr3tword")]
    [InlineData("Host=db.test;Password=s3cr3tword")]
    [InlineData("host=db.test password='s3cr3tword")]
    [InlineData("postgres://app:s3cr3tword%ZZ@db.test:99999/app")]
    public void A_wrong_address_is_a_problem_that_never_shows_the_password(string url)
    {
        var problem = _files.Only($"platform: a\ndatabase:\n  url: \"{url}\"\n");

        problem.Key.ShouldBe("database.url");
        problem.ToString().ShouldNotContain("s3cr3tword");
    }

    [Fact]
    public void A_password_on_a_mistyped_line_is_masked()
    {
        var loaded = _files.Load("platform: a\ndatabase:\n  url=postgres://app:s3cr3tword@db.test/app: 1\n  {url postgres://app:s3cr3tword@db.test/app: 1}: x\n");

        loaded.Problems.ShouldNotBeEmpty();
        string.Join("\n", loaded.Problems).ShouldNotContain("s3cr3tword");
    }

    [Fact]
    public void What_a_variable_held_is_not_in_a_problem()
    {
        _files.Variables["KEEP"] = "s3cr3tword";

        var problem = _files.Only(ConfigurationFixture.Smallest + "readiness: {maxActiveUsers: \"${KEEP}\"}\n");

        problem.Message.ShouldBe("'${KEEP}' is no whole number");
    }

    [Fact]
    public void The_password_in_an_endpoints_address_is_a_secret()
    {
        var loaded = _files.Load(ConfigurationFixture.Smallest + "alerts: {alertmanager: \"https://me:s3cr3tword@alerts.test/\"}\n");

        loaded.Redactor.Clean("https://me:s3cr3tword@alerts.test/").ShouldNotContain("s3cr3tword");
    }
}
