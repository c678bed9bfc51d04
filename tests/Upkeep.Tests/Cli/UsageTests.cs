using Upkeep.Cli;

namespace Upkeep.Tests.Cli;

public sealed class UsageTests
{
    [Fact]
    public async Task An_unknown_format_is_answered_with_the_formats_there_are()
    {
        var call = await UpkeepCall.RunAsync("check", "--format", "xml");

        call.Status.ShouldBe(ExitStatus.Usage);
        call.Log.ShouldContain("--format xml: write text or json.");
        call.Log.ShouldNotContain("OutputFormat");
    }

    [Fact]
    public async Task The_hint_for_a_verb_below_another_can_be_typed_as_it_stands()
    {
        var call = await UpkeepCall.RunAsync("schedule", "next", "--nonsense");

        call.Status.ShouldBe(ExitStatus.Usage);
        call.Log.ShouldContain("upkeep schedule next --help");
    }

    [Theory]
    [InlineData("rollback")]
    [InlineData("report")]
    public async Task An_unknown_option_is_not_taken_for_the_name_of_a_run(string verb)
    {
        var call = await UpkeepCall.RunAsync(verb, "--everything");

        call.Status.ShouldBe(ExitStatus.Usage);
        call.Log.ShouldContain("There is no option --everything.");
    }

    [Fact]
    public async Task A_folder_named_as_configuration_is_told_apart_from_a_missing_one()
    {
        var folder = Directory.CreateTempSubdirectory("upkeep-folder-");

        var call = await UpkeepCall.RunAsync("check", "--config", folder.FullName);

        call.Status.ShouldBe(ExitStatus.Usage);
        call.Log.ShouldContain($"{folder.FullName} is a folder");
        folder.Delete();
    }

    [Fact]
    public async Task The_version_is_one_json_document_where_that_is_asked_for()
    {
        var call = await UpkeepCall.RunAsync("--version", "--format", "json");

        call.Status.ShouldBe(ExitStatus.Success);
        System.Text.Json.JsonDocument.Parse(call.Answer).RootElement.GetProperty("version").GetString().ShouldBe((await UpkeepCall.RunAsync("--version", "--quiet")).Answer.Trim());
    }

    [Theory]
    [InlineData("text")]
    [InlineData("JSON")]
    public async Task A_known_format_is_taken_in_either_case(string format)
    {
        var call = await UpkeepCall.RunAsync("check", "--format", format, "--config", "/nowhere/upkeep.yaml");

        call.Log.ShouldContain("There is no configuration /nowhere/upkeep.yaml.");
    }
}
