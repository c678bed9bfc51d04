using Npgsql;

namespace SceneScout.Tests;

public sealed class DatabaseAddressTests
{
    [Fact]
    public void A_url_from_the_environment_is_read_whole()
    {
        var address = new NpgsqlConnectionStringBuilder(DatabaseAddress.Resolve(null, "postgres://scout:p%40ss@db.example:6000/scenes?sslmode=disable"));

        address.Host.ShouldBe("db.example");
        address.Port.ShouldBe(6000);
        address.Username.ShouldBe("scout");
        address.Password.ShouldBe("p@ss");
        address.Database.ShouldBe("scenes");
        address.SslMode.ShouldBe(SslMode.Disable);
    }

    [Fact]
    public void A_password_on_the_command_line_is_refused_and_not_repeated()
    {
        var problem = Should.Throw<ScoutException>(() => DatabaseAddress.Resolve("postgres://scout:hunter2@db/scenes", null));

        problem.Message.ShouldContain("PGPASSWORD");
        problem.Message.ShouldNotContain("hunter2");
    }

    [Theory]
    [InlineData("Nonsense=1;Password=hunter2")]
    [InlineData("postgres://scout:hunter2@db:port/scenes")]
    [InlineData("postgres://scout:hunter2@db/scenes?sslmode=maybe")]
    public void An_address_that_cannot_be_read_is_not_repeated(string text)
    {
        var problem = Should.Throw<ScoutException>(() => DatabaseAddress.Resolve(null, text));

        problem.Message.ShouldContain("can't be read");
        problem.Message.ShouldNotContain("hunter2");
    }

    [Fact]
    public void Without_an_address_the_message_names_the_variable()
    {
        Should.Throw<ScoutException>(() => DatabaseAddress.Resolve(null, null)).Message.ShouldContain("DATABASE_URL");
    }
}
