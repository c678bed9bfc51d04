using System.Text.RegularExpressions;

namespace Upkeep.Architecture;

/// <summary>The house rules that can be checked.</summary>
public sealed partial class ConventionTests
{
    [Fact]
    public void An_interface_has_two_implementations()
    {
        var lonely = Assemblies.LibraryTypes.Where(type => type.IsInterface)
            .Where(contract => Assemblies.LibraryTypes.Count(type => type is { IsClass: true, IsAbstract: false } && contract.IsAssignableFrom(type)) < 2);

        lonely.ShouldBeEmpty();
    }

    [Fact]
    public void A_class_is_sealed_unless_something_derives_from_it()
    {
        var open = Assemblies.LibraryTypes
            .Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false } && !IsComponent(type))
            .Where(type => !Assemblies.LibraryTypes.Any(other => other.BaseType == type));

        open.ShouldBeEmpty();
    }

    [Fact]
    public void A_constructor_takes_at_most_five_parameters()
    {
        var long_ = Assemblies.LibraryTypes
            .Where(type => type.IsClass && type.GetMethod("<Clone>$") is null && !typeof(Attribute).IsAssignableFrom(type))
            .SelectMany(type => type.GetConstructors().Where(constructor => constructor.GetParameters().Length > 5).Select(_ => type.FullName));

        long_.ShouldBeEmpty();
    }

    [Fact]
    public void Only_the_runner_catches_every_exception()
    {
        string[] allowed = ["src/Upkeep/Running/StepAttempt.cs", "src/Upkeep/Running/Undoer.cs", "src/Upkeep.Cli/VerbHost.cs"];
        var offenders = Lines("src", "samples")
            .Where(line => CatchAll().IsMatch(line.Text) && !allowed.Contains(line.File) && !ThrowsOn(line.File, line.Number))
            .Select(line => $"{line.File}:{line.Number}");

        offenders.ShouldBeEmpty();
    }

    // Cleaning up and throwing on is not catching.
    private static bool ThrowsOn(string file, int number) =>
        File.ReadLines(Path.Combine(Assemblies.Root, file)).Skip(number).Take(8).TakeWhile(line => line.Trim() != "}").Any(line => line.Trim() == "throw;");

    [Fact]
    public void A_source_file_holds_one_idea_in_at_most_three_hundred_lines()
    {
        var long_ = Assemblies.Sources("src", "samples", "tests", "bench").Where(file => File.ReadLines(file).Count() > 300)
            .Select(file => Path.GetRelativePath(Assemblies.Root, file));

        long_.ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_left_unfinished_or_folded_away()
    {
        var offenders = Lines("src", "samples", "bench").Where(line => Unfinished().IsMatch(line.Text)).Select(line => $"{line.File}:{line.Number}: {line.Text.Trim()}");

        offenders.ShouldBeEmpty();
    }

    [Fact]
    public void A_suppression_says_why_on_its_line()
    {
        var offenders = Lines("src", "samples", "tests", "bench")
            .Where(line => line.Text.Contains("#pragma warning disable", StringComparison.Ordinal) && !line.Text.Contains("//", StringComparison.Ordinal))
            .Where(line => line.File != "tests/Upkeep.Architecture/ConventionTests.cs")
            .Select(line => $"{line.File}:{line.Number}");

        offenders.ShouldBeEmpty();
    }

    [Fact]
    public void A_namespace_follows_its_folder()
    {
        var offenders = Assemblies.Sources("src/Upkeep")
            .Select(file => (File: Path.GetRelativePath(Path.Combine(Assemblies.Root, "src/Upkeep"), file), Text: File.ReadAllText(file)))
            .Select(source => (source.File, Expected: "Upkeep" + string.Concat((Path.GetDirectoryName(source.File) ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries).Select(part => "." + part)), source.Text))
            .Where(source => source.Text.Contains("namespace ", StringComparison.Ordinal) && !source.Text.Contains($"namespace {source.Expected};", StringComparison.Ordinal))
            .Select(source => source.File);

        offenders.ShouldBeEmpty();
    }

    // The Razor compiler makes them, and one class for _Imports.razor that is nothing else.
    private static bool IsComponent(Type type) => typeof(Microsoft.AspNetCore.Components.IComponent).IsAssignableFrom(type) || type.Name == "_Imports";

    private static IEnumerable<(string File, int Number, string Text)> Lines(params string[] folders) =>
        Assemblies.Sources(folders).SelectMany(file => File.ReadLines(file).Select((text, index) => (Path.GetRelativePath(Assemblies.Root, file), index + 1, text)));

    [GeneratedRegex(@"\bcatch\s*(\{|$|\(\s*Exception\b[^)]*\)\s*($|\{))")]
    private static partial Regex CatchAll();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|NotImplementedException)\b|#region")]
    private static partial Regex Unfinished();
}
