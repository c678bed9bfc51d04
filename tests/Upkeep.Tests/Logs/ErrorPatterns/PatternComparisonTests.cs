using Upkeep.Logs.ErrorPatterns;

namespace Upkeep.Tests.Logs.ErrorPatterns;

public sealed class PatternComparisonTests
{
    [Theory]
    [InlineData("user <*> is unknown", "user anna is unknown", true)]
    [InlineData("user <*> is unknown", "user <*> is unknown", true)]
    [InlineData("a=<*>, b=x", "a=1, b=<*>", false)]
    [InlineData("user <*> is unknown", "user anna maria is unknown", false)]
    [InlineData("user <*> is unknown", "user is unknown", false)]
    [InlineData("user <*>", "user anna", true)]
    [InlineData("<*> failed", "backup failed", true)]
    [InlineData("x <*>", "x ", false)]
    public void Templates_are_the_same_where_one_masks_what_the_other_names(string one, string other, bool same)
    {
        PatternComparison.IsSame(one, other).ShouldBe(same);
        PatternComparison.IsSame(other, one).ShouldBe(same);
    }

    [Theory]
    [InlineData(200, true, 18, 19, 20, 21, 22)]
    [InlineData(39, false, 18, 19, 20, 21, 22)]
    [InlineData(11, true, 0, 0, 0, 1)]
    [InlineData(9, false, 0, 0, 0, 0)]
    [InlineData(300, false, 10, 200, 90, 150)]
    // One week of an incident doesn't hide the next.
    [InlineData(400, true, 20, 22, 500, 19, 21)]
    public void A_count_surges_where_the_weeks_before_leave_no_doubt(long count, bool surges, params int[] earlier) =>
        PatternComparison.IsSurge(count, [.. earlier.Select(value => (double)value)]).ShouldBe(surges);

    [Fact]
    public void Fewer_than_four_weeks_say_nothing_of_a_surge_and_none_nothing_at_all()
    {
        PatternCount Of(long count) => new("1", "x broke", false, count, new Dictionary<string, long>());
        ErrorPatternsSurvey Week(long count) => new()
        {
            From = default, To = default, Logs = [], IsClean = true, Messages = count, TemplateCount = 1, Patterns = [Of(count)], ComparedWeeks = 0, Changes = [],
        };

        PatternComparison.Compare([Of(1000)], [Week(10), Week(11), Week(9)], _ => true).ShouldBeEmpty();
        PatternComparison.Compare([Of(1000)], [Week(10), Week(11), Week(9), Week(10)], _ => true).ShouldHaveSingleItem().Kind.ShouldBe(ChangeKind.Surging);
        PatternComparison.Compare([Of(1000)], [], _ => true).ShouldBeEmpty();
    }
}
