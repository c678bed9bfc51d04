using CsCheck;
using Upkeep.Planning;

namespace Upkeep.Tests.Planning;

public sealed class PredictionTests
{
    private static readonly StepDefinition Vacuum = PlannerTests.New("database.vacuum", StepKind.Change) with { WorkMeasure = "dead_rows" };
    private static readonly TimeSpan Long = TimeSpan.FromDays(30);

    [Theory]
    [InlineData(new double[] { 7 }, 7)]
    [InlineData(new double[] { 10, 20 }, 19)]
    [InlineData(new double[] { 5, 1, 4, 2, 3 }, 4.6)]
    [InlineData(new double[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 }, 10)]
    public void The_ninetieth_percentile_lies_between_the_values_it_falls_between(double[] values, double expected) =>
        Prediction.Quantile(values, 0.9).ShouldBe(expected, 1e-9);

    [Fact]
    public void Without_history_a_cautious_guess_is_made_and_called_one()
    {
        Prediction.Of(Vacuum, Long, [], 5).ShouldBe(new Prediction(TimeSpan.FromMinutes(20), "no history: 20 min assumed"));
        Prediction.Of(PlannerTests.New("performance.locks"), Long, [], null).ShouldBe(new Prediction(TimeSpan.FromMinutes(2), "no history: 2 min assumed"));
    }

    [Fact]
    public void Twice_the_work_takes_twice_as_long()
    {
        var prediction = Prediction.Of(Vacuum, Long, [Past(60, 1000), Past(120, 2000)], 4000);

        prediction.Duration.ShouldBe(TimeSpan.FromSeconds(240));
        prediction.Source.ShouldBe("90th percentile of 2 runs, scaled to 4,000 dead_rows");
    }

    [Fact]
    public void Hardly_any_work_still_takes_a_tenth_because_not_all_cost_is_work() =>
        Prediction.Of(Vacuum, Long, [Past(100, 1_000_000)], 0).Duration.ShouldBe(TimeSpan.FromSeconds(10));

    [Fact]
    public void A_run_on_little_work_says_nothing_of_much_where_a_better_one_is_known()
    {
        // 10 s for 5 rows is all overhead; scaled up it would be 23 days.
        var prediction = Prediction.Of(Vacuum, Long, [Past(10, 5), Past(600, 1_000_000)], 1_000_000);

        prediction.Duration.ShouldBe(TimeSpan.FromSeconds(600));
        prediction.Source.ShouldBe("90th percentile of 1 run, scaled to 1,000,000 dead_rows");
    }

    [Fact]
    public void Far_more_work_than_ever_is_scaled_from_the_largest_run() =>
        Prediction.Of(Vacuum, Long, [Past(10, 5), Past(60, 1000)], 100_000).Duration.ShouldBe(TimeSpan.FromSeconds(6000));

    [Fact]
    public void Unknown_work_leaves_durations_as_they_were()
    {
        Prediction.Of(Vacuum, Long, [Past(60, 1000), Past(80, null)], null).Source.ShouldBe("90th percentile of 2 runs");
        Prediction.Of(Vacuum, Long, [Past(80, null)], 5).Duration.ShouldBe(TimeSpan.FromSeconds(80));
        Prediction.Of(Vacuum, Long, [Past(80, 0)], double.NaN).Duration.ShouldBe(TimeSpan.FromSeconds(80));
    }

    [Fact]
    public void Idle_runs_count_only_where_there_was_never_anything_to_do()
    {
        Prediction.Of(Vacuum, Long, [Past(1, null) with { Idle = true }, Past(80, null)], null).Duration.ShouldBe(TimeSpan.FromSeconds(80));
        Prediction.Of(Vacuum, Long, [Past(1, null) with { Idle = true }], 500)
            .ShouldBe(new Prediction(TimeSpan.FromSeconds(1), "90th percentile of 1 run, with nothing to do in any"));
    }

    [Fact]
    public void A_prediction_is_positive_within_its_deadline_and_never_falls_as_work_grows() =>
        Gen.Select(Gen.Select(Gen.Double[0.01, 1e5], Gen.Double[0, 1e9]).List[1, 12], Gen.Double[0, 1e9], Gen.Double[0, 1e9], Gen.Int[1, 100_000]).Sample((runs, one, other, deadline) =>
        {
            List<PastDuration> past = [.. runs.Select(run => Past(run.Item1, run.Item2))];
            var limit = TimeSpan.FromSeconds(deadline);
            var prediction = Prediction.Of(Vacuum, limit, past, one).Duration;
            prediction.ShouldBeGreaterThan(TimeSpan.Zero);
            prediction.ShouldBeLessThanOrEqualTo(limit);
            if (runs.Count == 1)
                Prediction.Of(Vacuum, Long, past, Math.Max(one, other)).Duration.ShouldBeGreaterThanOrEqualTo(Prediction.Of(Vacuum, Long, past, Math.Min(one, other)).Duration);
        });

    private static PastDuration Past(double seconds, double? work) => new(TimeSpan.FromSeconds(seconds), work);
}
