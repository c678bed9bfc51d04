using Upkeep.Host.SecurityUpdates;

namespace Upkeep.Tests.Host.SecurityUpdates;

public sealed class AptPolicyTests
{
    private const string Sources = """
        Package files:
         100 /var/lib/dpkg/status
             release a=now
         500 http://deb.example/security stable-security/main amd64 Packages
             release v=12,o=Example,a=stable-security,n=bookworm-security,l=Example, Inc. Security,c=main,b=amd64
             origin deb.example
         500 http://deb.example/vendor ./ Packages
             release c=
             origin deb.example
        Pinned packages:
             own -> 1.0 with priority 990
        """;

    private const string Packages = """
        own:
          Installed: 1:1.0-1
          Candidate: 1:1.0-1
          Package pin: 1:1.0-1
          Version table:
             1:1.1~rc1-1+b2 500 (phased 10%)
                500 http://deb.example/security stable-security/main amd64 Packages
         *** 1:1.0-1 990
                100 /var/lib/dpkg/status
        libc6:i386:
          Installed: 2.36
          Candidate: (none)
          Version table:
         *** 2.36 -1
                500 http://deb.example/vendor ./ Packages
                100 /var/lib/dpkg/status

        """;

    [Fact]
    public void Every_version_is_joined_with_what_the_archives_that_have_it_call_themselves()
    {
        var packages = AptPolicy.Packages(Packages, AptPolicy.Releases(Sources)).ToList();

        packages.Select(package => (package.Name, package.Candidate)).ShouldBe([("own", "1:1.0-1"), ("libc6:i386", null)]);
        packages[0].Versions.Select(version => (version.Version, version.Archives.Count)).ShouldBe([("1:1.1~rc1-1+b2", 1), ("1:1.0-1", 0)]);
        var archive = packages[0].Versions[0].Archives[0];
        archive.Names["l"].ShouldBe("Example, Inc. Security");
        archive.Names["site"].ShouldBe("deb.example");
        archive.SaysSecurity.ShouldBeTrue();
        packages[1].Versions[0].Archives.ShouldHaveSingleItem().SaysSecurity.ShouldBeFalse();
    }
}
