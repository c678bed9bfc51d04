using Upkeep.Processes;

namespace Upkeep.Tests.Processes;

public sealed class ProcessIdentityTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void We_are_alive_and_our_id_at_another_time_or_boot_is_not()
    {
        ProcessIdentity.Current.IsAlive.ShouldBeTrue();
        (ProcessIdentity.Current with { Started = 1 }).IsAlive.ShouldBeFalse();
        (ProcessIdentity.Current with { Boot = "another" }).IsAlive.ShouldBeFalse();
    }

    [Fact]
    public async Task A_process_that_ended_is_dead()
    {
        using var companion = Companion.Start("cat", [], new Dictionary<string, string?>());
        var identity = ProcessIdentity.Of(companion.Id).ShouldNotBeNull();
        identity.IsAlive.ShouldBeTrue();

        (await companion.EndAsync(Token)).ShouldBe(0);

        identity.IsAlive.ShouldBeFalse();
    }
}
