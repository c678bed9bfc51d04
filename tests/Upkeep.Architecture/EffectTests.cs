using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Upkeep.Architecture;

/// <summary>One door for every effect, and rooms that have none.</summary>
public sealed class EffectTests
{
    private const string InputOutput =
        @"^(System\.IO\.(File|Directory|FileStream|FileInfo|DirectoryInfo|DriveInfo)|System\.Net\..*|System\.Diagnostics\.Process|Npgsql\..*|Microsoft\.Data\.Sqlite\..*|CliWrap\..*|System\.Console)$";

    [Theory]
    [InlineData("Planning")]
    [InlineData("Reports")]
    public void Planning_and_Reports_do_no_input_or_output(string room) =>
        Types().That().ResideInNamespaceMatching($@"^Upkeep\.{room}(\..*)?$")
            .Should().NotDependOnAnyTypesThat().HaveFullNameMatching(InputOutput)
            .WithoutRequiringPositiveResults().Check(Assemblies.Library);

    [Theory]
    [InlineData(@"^Npgsql\.NpgsqlDataSource$", "Postgres")]
    [InlineData(@"^Microsoft\.Data\.Sqlite\..*$", "Journal")]
    [InlineData(@"^CliWrap\..*$", "Processes")]
    [InlineData(@"^System\.Net\.Http\.HttpClientHandler$|^System\.Net\.Http\.SocketsHttpHandler$", "Http")]
    public void An_effect_has_one_door(string effect, string door) =>
        Types().That().ResideInNamespaceMatching(@"^Upkeep\..*$").And().DoNotResideInNamespaceMatching($@"^Upkeep\.{door}(\..*)?$")
            .Should().NotDependOnAnyTypesThat().HaveFullNameMatching(effect)
            .WithoutRequiringPositiveResults().Check(Assemblies.Library);

    [Fact]
    public void Steps_do_not_print() =>
        Types().That().ResideInNamespaceMatching(@"^Upkeep\..*$")
            .Should().NotDependOnAnyTypesThat().HaveFullNameMatching(@"^System\.Console$")
            .Check(Assemblies.Library);
}
