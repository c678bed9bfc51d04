using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Rollback.Rows;
using Upkeep.Testing;
using Upkeep.Tests.Backups.Physical;

namespace Upkeep.Tests.Rollback;

[Collection(nameof(CopiedCluster))]
public sealed class PhysicalRollbackTests(CopiedCluster cluster)
{
    [Fact]
    public async Task A_copy_of_the_whole_server_puts_one_database_back_beside_the_others_and_the_way_back_stands_open()
    {
        await using var test = await RollbackCase.OnAsync(cluster.Cluster, engine: BackupEngineName.PgBaseBackup);
        var backedUp = await test.ContentAsync();
        await test.ExecuteAsync("insert into customers (name) values ('late'); delete from orders where id > 1000");
        var before = await test.ContentAsync();

        var steps = RollbackCase.Steps(await test.FullAsync(CarryOver.New));

        steps[0].Status.ShouldBe(StepStatus.Succeeded, steps[0].Reason);
        steps[1].Status.ShouldBe(StepStatus.Succeeded, steps[1].Reason);
        (await test.ScalarAsync<long>("select count(*) from orders")).ShouldBe(2000);
        (await test.ScalarAsync<long>("select count(*) from customers where name = 'late'")).ShouldBe(1);
        await test.ExecuteAsync("delete from customers where name = 'late'");
        (await test.ContentAsync()).ShouldBe(backedUp);
        RollbackCase.Proof(await test.BackAsync()).Holds.ShouldBeTrue();
        (await test.ContentAsync()).ShouldBe(before);
        Directory.EnumerateDirectories(test.Root, "*", SearchOption.AllDirectories).ShouldNotContain(folder => folder.Contains("scratch", StringComparison.Ordinal));
    }
}
