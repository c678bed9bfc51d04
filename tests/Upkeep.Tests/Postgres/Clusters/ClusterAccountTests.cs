using Upkeep.Postgres.Clusters;

namespace Upkeep.Tests.Postgres.Clusters;

public sealed class ClusterAccountTests
{
    private const string Root = "root:x:0:0:root:/root:/bin/bash";
    private const string Nobody = "nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin";
    private const string Postgres = "postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash";

    [Fact]
    public void The_packages_own_user_is_taken_first()
    {
        ClusterAccount.Choose([Root, Nobody, Postgres]).ShouldBe(new ClusterAccount("postgres", 101, 104));
    }

    [Fact]
    public void Without_the_packages_user_nobody_will_do()
    {
        ClusterAccount.Choose([Root, Nobody]).ShouldBe(new ClusterAccount("nobody", 65534, 65533));
    }

    [Fact]
    public void Without_either_the_message_says_what_to_do()
    {
        Should.Throw<ClusterException>(() => ClusterAccount.Choose([Root])).Hint.ShouldContain("useradd --system postgres");
    }
}
