using Npgsql;
using Upkeep.Configuration.Reading;

namespace Upkeep.Tests.Configuration;

public sealed class DatabaseUrlTests
{
    private static NpgsqlConnectionStringBuilder Read(string text) => new(DatabaseUrl.Read(text).ConnectionString);

    [Fact]
    public void A_url_is_decoded_part_by_part()
    {
        var read = Read("postgresql://us%40er:p%2Fw%3A%20%25@db.test:6543/my%20db?sslmode=verify-full&sslrootcert=/ca.pem&target_session_attrs=read-write");

        read.Username.ShouldBe("us@er");
        read.Password.ShouldBe("p/w: %");
        read.Host.ShouldBe("db.test");
        read.Port.ShouldBe(6543);
        read.Database.ShouldBe("my db");
        read.SslMode.ShouldBe(SslMode.VerifyFull);
        read.RootCertificate.ShouldBe("/ca.pem");
        read.TargetSessionAttributes.ShouldBe("read-write");
    }

    [Theory]
    [InlineData("postgres:///app?host=/var/run/postgresql", "/var/run/postgresql")]
    [InlineData("postgres://%2Fvar%2Frun%2Fpostgresql/app", "/var/run/postgresql")]
    [InlineData("host=/var/run/postgresql dbname=app", "/var/run/postgresql")]
    [InlineData("postgres://[::1]:5432/app", "::1")]
    [InlineData("postgres://a.test:1,b.test:2/app", "a.test:1,b.test:2")]
    [InlineData("host=a.test,b.test port=1,2 dbname=app", "a.test:1,b.test:2")]
    [InlineData("postgres://a.test,b.test/app", "a.test:5432,b.test:5432")]
    public void Sockets_addresses_and_several_hosts_are_understood(string text, string host) => Read(text).Host.ShouldBe(host);

    [Fact]
    public void Key_value_pairs_keep_quotes_and_escapes()
    {
        var read = Read(@"  host = db.test  dbname='my db' user=me password='it\'s a \\ word;=' ");

        read.Database.ShouldBe("my db");
        read.Password.ShouldBe(@"it's a \ word;=");
        read.Username.ShouldBe("me");
    }

    [Fact]
    public void A_raw_at_sign_in_a_password_is_understood() => Read("postgres://me:a@b/c@db.test/app").Password.ShouldBe("a@b/c");

    [Fact]
    public void Without_a_password_the_driver_is_left_to_find_one() => Read("postgres://me@db.test/app").Password.ShouldBeNull();

    [Theory]
    [InlineData("postgres://h:0/db", "has port 0")]
    [InlineData("postgres://maint:Sup3r Secret/@:127.0.0.1:54991/x", "names a host that is none")]
    [InlineData("postgres://[bad/db", "names a host that is none")]
    public void An_address_that_can_not_be_is_a_mistake_and_shows_nothing_of_itself(string text, string problem)
    {
        var said = Should.Throw<ValueProblemException>(() => Read(text));

        said.Message.ShouldBe(problem);
        (said.Message + said.Hint).ShouldNotContain("Secret");
    }

    [Fact]
    public void A_misspelt_parameter_is_named_with_the_nearest_one() =>
        Should.Throw<ValueProblemException>(() => Read("postgres://me@db.test/app?sslmod=require")).Hint.ShouldBe("Did you mean sslmode?");
}
