using Upkeep.Checking;
using Upkeep.Configuration;
using Upkeep.Testing;
using Upkeep.Tests.Host.DiskCleanup;

namespace Upkeep.Tests.Checking;

public sealed class CleanupRequirementsTests : IDisposable
{
    private readonly CleanupFolder _place = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_folder_that_is_there_is_met_once_and_one_that_is_not_is_missing_with_the_step()
    {
        var found = await LookAsync(new DiskCleanupSettings { Rules = [_place.Rule, _place.Rule with { Pattern = "*.tmp" }, _place.Rule with { Folder = "/no/such" }] });

        found.Select(one => (one.Name, one.State, one.What)).ShouldBe([
            ($"clean-up of {_place.Folder}", RequirementState.Met, $"{_place.Folder} is there, and {Environment.UserName} may remove from it"),
            ("clean-up of /no/such", RequirementState.Missing, "There is no folder /no/such")]);
        found[1].Costs.ShouldBe([CleanupFolder.Id]);
    }

    [Fact]
    public async Task A_folder_that_can_not_be_written_to_names_the_rights_that_would_do()
    {
        await using var disk = await SmallDisk.MountAsync(Path.Combine(_place.Root, "disk"), "1m", Token);
        var folder = Directory.CreateDirectory(Path.Combine(disk.Folder, "cache")).FullName;
        (await PostgresServer.Programs.RunAsync("mount", ["-o", "remount,ro", disk.Folder], new Dictionary<string, string?>(), null, Token)).ExitCode.ShouldBe(0);

        var found = await LookAsync(new DiskCleanupSettings { Rules = [_place.Rule with { Folder = folder }] });

        found.ShouldHaveSingleItem().What.ShouldBe($"{folder} can't be written to by {Environment.UserName}");
        found[0].Hint!.ShouldContain($"CAP_LEASE, ReadWritePaths={folder}");
    }

    [Fact]
    public async Task An_engine_that_does_not_answer_is_missing_with_what_it_said_and_one_that_does_is_met_with_the_command()
    {
        var settings = new DiskCleanupSettings { Images = new ImageCleanupSettings() };

        var met = await CleanupRequirements.LookAsync(settings, _place.WithProgram("docker", """echo '{"Type":"Images","TotalCount":"3"}'"""), Token);
        var silent = await CleanupRequirements.LookAsync(settings, _place.WithProgram("docker", "echo 'permission denied' >&2; exit 1"), Token);

        met.ShouldHaveSingleItem().What.ShouldBe("Cleaned by docker image prune --force --filter until=168h");
        var younger = await CleanupRequirements.LookAsync(new DiskCleanupSettings { Images = new ImageCleanupSettings { OlderThan = TimeSpan.FromMinutes(90) } }, _place.WithProgram("docker", """echo '{"Type":"Images","TotalCount":"3"}'"""), Token);
        younger.ShouldHaveSingleItem().What.ShouldEndWith("until=5400s");
        silent.ShouldHaveSingleItem().State.ShouldBe(RequirementState.Missing);
        silent[0].What.ShouldContain("permission denied");
        silent[0].Hint!.ShouldContain("docker system df");
    }

    [Fact]
    public async Task Nothing_configured_needs_nothing() =>
        (await LookAsync(new DiskCleanupSettings())).ShouldHaveSingleItem().What.ShouldBe("None configured: nothing is removed from the disks");

    public void Dispose() => _place.Dispose();

    private static Task<IReadOnlyList<Requirement>> LookAsync(DiskCleanupSettings settings) => CleanupRequirements.LookAsync(settings, CleanupFolder.Caches(), Token);
}
