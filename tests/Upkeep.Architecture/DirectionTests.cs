using ArchUnitNET.Fluent.Syntax.Elements.Types;
using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Upkeep.Architecture;

/// <summary>Who may know whom: data goes Configuration, Planning, Running, Journal, Reports, and never back.</summary>
public sealed class DirectionTests
{
    private static readonly string[] _rooms =
        [.. Assemblies.LibraryTypes.Select(type => type.Namespace!.Split('.')).Where(parts => parts.Length > 1).Select(parts => parts[1]).Distinct().Order()];

    public static TheoryData<string, string[]> MayUse => new()
    {
        { "Redaction", [] },
        { "Configuration", ["Redaction"] },
        { "Journal", ["Redaction"] },
        { "Planning", ["Configuration"] },
        { "Running", ["Planning", "Journal", "Configuration", "Files", "Processes", "Redaction"] },
        { "Reports", ["Journal"] },
        { "Reporting", ["Reports", "Running", "Planning", "Journal", "Files"] },
        { "Files", ["Journal"] },
        { "Processes", ["Redaction"] },
        { "Http", ["Configuration", "Redaction"] },
        { "Postgres", ["Configuration", "Processes", "Redaction", "Running", "Journal", "Files"] },
        { "Health", ["Configuration", "Running", "Journal", "Http", "Postgres", "Files", "Redaction"] },
        { "Backups", ["Configuration", "Planning", "Running", "Journal", "Postgres", "Processes", "Files", "Redaction"] },
        { "Logs", ["Configuration", "Planning", "Running", "Journal", "LogReading", "Files", "Processes", "Redaction"] },
        { "Host", ["Configuration", "Planning", "Running", "Journal", "Files", "Processes", "Redaction"] },
        { "Application", ["Configuration", "Planning", "Running", "Journal", "Files", "Http", "Processes", "Redaction"] },
        { "LogReading", ["Files"] },
        { "Rollback", ["Configuration", "Planning", "Running", "Journal", "Postgres", "Processes", "Files", "Redaction", "Backups", "Health", "Http"] },
    };

    [Theory]
    [MemberData(nameof(MayUse))]
    public void A_room_uses_only_the_rooms_it_may(string room, string[] allowed) =>
        NotUsing(room, _rooms.Except(allowed).Except([room]));

    [Theory]
    [InlineData("Preparation")]
    [InlineData("Database")]
    [InlineData("Performance")]
    [InlineData("Verification")]
    public void A_slice_never_sees_another_slice_nor_the_place_that_puts_them_together(string slice) =>
        NotUsing(slice, Assemblies.Slices.Concat(["Maintenance", "Reports", "Discovery", "Checking"]).Except([slice]));

    [Fact]
    public void Every_room_has_a_rule()
    {
        string[] open = ["Maintenance", "Discovery", "Checking"];
        var ruled = MayUse.Select(row => row.Data.Item1).Concat(Assemblies.Slices).Concat(open).ToHashSet();

        _rooms.Where(room => !ruled.Contains(room)).ShouldBeEmpty();
    }

    private static void NotUsing(string room, IEnumerable<string> forbidden)
    {
        foreach (var other in forbidden)
        {
            if (!_rooms.Contains(other) || !_rooms.Contains(room))
                continue;
            Room(room).Should().NotDependOnAny(Room(other)).Because($"{room} may not use {other}").WithoutRequiringPositiveResults().Check(Assemblies.Library);
        }
    }

    private static GivenTypesConjunction Room(string room) =>
        Types().That().ResideInNamespaceMatching($@"^Upkeep\.{room}(\..*)?$");
}
