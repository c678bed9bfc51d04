using Upkeep.Configuration;
using Upkeep.Maintenance;
using Upkeep.Redaction;

namespace Upkeep.Tests.Maintenance;

public sealed class StepIdsTests
{
    [Fact]
    public async Task Every_step_of_the_catalogue_has_an_id_that_the_configuration_knows_in_the_order_of_a_run()
    {
        var configuration = new UpkeepConfiguration
        {
            Platform = "Test", Database = new DatabaseSettings { ConnectionString = "Host=127.0.0.1;Port=1;Database=none" }, Root = Path.GetTempPath(),
        };
        await using var doors = Doors.Open(configuration, Redactor.None, TimeProvider.System);
        var catalogue = StepCatalogue.Create(configuration, doors).Select(step => step.Definition.Id).ToList();

        catalogue.ShouldBe(StepIds.All.Where(catalogue.Contains));
        catalogue.ShouldNotBeEmpty();
    }
}
