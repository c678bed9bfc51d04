using Upkeep.Configuration;
using Upkeep.Database.Vacuum;
using Upkeep.Postgres.Catalog;

namespace Upkeep.Tests.Database.Vacuum;

public sealed class VacuumRuleTests
{
    private const long Forced = 200_000_000;
    private static readonly VacuumSettings _settings = new();
    private static readonly TableState _calm = new()
    {
        Oid = 1, Schema = "public", Name = "t", Kind = "table", IsPartition = false, EstimatedRows = 100_000, LiveRows = 100_000, DeadRows = 0,
        ModifiedSinceAnalyze = 0, InsertedSinceVacuum = 0, Inserted = 0, Updated = 0, Deleted = 0, TotalBytes = 1000, HeapBytes = 1000, IndexBytes = 0,
        SizesAreEstimates = false, Pages = 1000, AllVisiblePages = 1000, FrozenIdAge = 1, MultixactAge = 0, LastVacuum = null, LastAnalyze = null, CanMaintain = true,
    };

    [Theory]
    [InlineData(1999, false)]
    [InlineData(2041, true)]
    public void Dead_rows_count_from_the_share_on(long dead, bool due) => Due(_calm with { DeadRows = dead }).Any().ShouldBe(due);

    [Fact]
    public void A_small_table_is_due_from_the_least_number_of_dead_rows_on()
    {
        Due(_calm with { LiveRows = 10, DeadRows = 999 }).ShouldBeEmpty();
        Due(_calm with { LiveRows = 10, DeadRows = 1000 }).ShouldHaveSingleItem();
    }

    [Fact]
    public void An_insert_only_table_is_due_when_its_visibility_map_is_behind()
    {
        Due(_calm with { AllVisiblePages = 901 }).ShouldBeEmpty();
        Due(_calm with { Pages = 10_000, AllVisiblePages = 8_999 }).ShouldHaveSingleItem().Reason.ShouldContain("visibility map");
        Due(_calm with { InsertedSinceVacuum = 10_000 }).ShouldHaveSingleItem().Reason.ShouldContain("inserted");
    }

    [Fact]
    public void Dead_rows_of_the_toast_count_as_the_tables_own() =>
        VacuumRule.Due([_calm], new Dictionary<long, long> { [1] = 5000 }, _settings, Forced).ShouldHaveSingleItem().DeadRows.ShouldBe(5000);

    [Fact]
    public void Old_ids_make_a_table_due_whatever_its_dead_rows()
    {
        Due(_calm with { FrozenIdAge = _settings.FreezeAge }).ShouldHaveSingleItem().Freeze.ShouldBeTrue();
        Due(_calm with { MultixactAge = _settings.FreezeAge }).ShouldHaveSingleItem().Freeze.ShouldBeTrue();
    }

    [Fact]
    public void The_worst_comes_first_and_what_the_server_would_soon_force_before_all() =>
        Due(
            _calm with { Oid = 1, Name = "bad", DeadRows = 10_000 },
            _calm with { Oid = 2, Name = "forced", FrozenIdAge = Forced },
            _calm with { Oid = 3, Name = "worst", DeadRows = 50_000 },
            _calm with { Oid = 4, Name = "as bad but larger", DeadRows = 10_000, TotalBytes = 2000 })
        .Select(table => table.Name).ShouldBe(["forced", "worst", "as bad but larger", "bad"]);

    [Fact]
    public void A_partitioned_parent_is_never_due() => Due(_calm with { Kind = "partitioned", DeadRows = 1_000_000 }).ShouldBeEmpty();

    private static IReadOnlyList<DueTable> Due(params TableState[] tables) => VacuumRule.Due(tables, new Dictionary<long, long>(), _settings, Forced);
}
