using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Health;
using Upkeep.Http;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Verification.ResponseTime;

/// <summary>
/// <c>verification.response-time</c>: fresh samples against those of <c>preparation.health</c>. Slower is only said when a second batch
/// of samples, taken after all endpoints had their first, says so too: one busy moment is no change.
/// </summary>
public sealed class ResponseTimeStep(UpkeepConfiguration configuration, HttpDoor http, Redactor redactor) : InspectStep<ResponseTimeSurvey>
{
    private readonly EndpointProbe _probe = new(http);

    public override StepDefinition Definition { get; } = new()
    {
        Id = "verification.response-time",
        Title = "Response times after the work",
        Kind = StepKind.Verify,
        Priority = 2,
        RunsAfterStop = true,
        Deadline = TimeSpan.FromMinutes(15),
    };

    public override async Task<Check<ResponseTimeSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (configuration.Health.Endpoints.Count == 0)
            return Check.Skipped<ResponseTimeSurvey>("no endpoint is configured", "Name the site's addresses under health.endpoints.");
        var fresh = new List<EndpointHealth>();
        foreach (var endpoint in configuration.Health.Endpoints)
            fresh.Add(await ProbeAsync(endpoint, context, cancellationToken));
        var before = context.SurveyOf<PlatformHealth>("preparation.health");
        var compared = before is null ? [] : await CompareAsync(before, fresh, context, cancellationToken);
        Say(context, before, fresh, compared);
        var survey = new ResponseTimeSurvey(fresh, compared);
        await WriteAsync(context, before, survey, cancellationToken);
        var down = fresh.Where(endpoint => endpoint.SamplesMs.Count == 0).ToList();
        return down.Count == 0
            ? Check.Looked(survey, Summary(before, compared))
            : Check.Failed(survey, $"no response time, because no request succeeded: {string.Join("; ", down.Select(endpoint => $"{endpoint.Name}: {endpoint.Problem?.Message ?? "stopped before the first sample"}"))}", down[0].Problem?.Hint);
    }

    private Task<EndpointHealth> ProbeAsync(EndpointSettings endpoint, StepContext context, CancellationToken cancellationToken)
    {
        context.Progress(0, null, "requests", endpoint.Name);
        return _probe.ProbeAsync(endpoint, configuration.Health.Samples, () => context.Stop.IsRequested, cancellationToken);
    }

    private async Task<IReadOnlyList<Comparison>> CompareAsync(PlatformHealth before, List<EndpointHealth> fresh, StepContext context, CancellationToken cancellationToken)
    {
        var compared = new List<Comparison>();
        foreach (var endpoint in configuration.Health.Endpoints)
        {
            if (before.Endpoints.FirstOrDefault(earlier => earlier.Name == endpoint.Name) is not { } earlier)
                continue;
            var number = fresh.FindIndex(health => health.Name == endpoint.Name);
            var comparison = Compare(earlier, fresh[number]);
            if (comparison.Change == Change.Slower)
            {
                fresh[number] = await ProbeAsync(endpoint, context, cancellationToken);
                comparison = Compare(earlier, fresh[number]);
            }
            compared.Add(comparison);
        }
        return compared;
    }

    private Comparison Compare(EndpointHealth before, EndpointHealth after) =>
        Comparison.Of(before.Name, before.SamplesMs, after.SamplesMs, configuration.Verification.SlowerShare, configuration.Health.Endpoints.Count);

    private static void Say(StepContext context, PlatformHealth? before, IReadOnlyList<EndpointHealth> fresh, IReadOnlyList<Comparison> compared)
    {
        if (before is null)
            context.Raise(Severity.Info, "comparison-not-checked", "Not checked: the change of response times, because preparation.health did not look in this run.", null, "Run both steps together.");
        foreach (var endpoint in fresh.Where(endpoint => !endpoint.IsGood))
            context.Raise([HealthFindings.Failing(endpoint)]);
        foreach (var endpoint in before?.Endpoints ?? [])
            Measure(endpoint, (name, value, unit, subject) => context.Before(name, value, unit, subject));
        foreach (var endpoint in fresh)
            Measure(endpoint, (name, value, unit, subject) => context.After(name, value, unit, subject));
        context.Raise(compared.Select(Finding));
    }

    private static void Measure(EndpointHealth endpoint, Action<string, double, string, string> say)
    {
        if (endpoint.Latency is not { } latency)
            return;
        say("latency_p50", latency.P50, "ms", endpoint.Name);
        say("latency_p95", latency.P95, "ms", endpoint.Name);
        say("latency_p99", latency.P99, "ms", endpoint.Name);
    }

    private static Finding Finding(Comparison compared)
    {
        var shift = string.Create(CultureInfo.InvariantCulture, $"{compared.Endpoint}: median {compared.BeforeP50Ms:0.##} ms before, {compared.AfterP50Ms:0.##} ms after; shift {compared.ShiftMs:+0.##;-0.##;0} ms, between {compared.LowMs:0.##} and {compared.HighMs:0.##}, p {(compared.P < 0.0001 ? "below 0.0001" : string.Create(CultureInfo.InvariantCulture, $"{compared.P:0.####}"))}");
        return compared.Change switch
        {
            Change.Slower => new Finding(Severity.Warning, "slower", $"Slower, and beyond noise. {shift}.", compared.Endpoint, "Compare the statements in verification.database; caches may still be cold after the work."),
            Change.Faster => new Finding(Severity.Info, "faster", $"Faster, and beyond noise. {shift}.", compared.Endpoint),
            Change.SmallDifference => new Finding(Severity.Info, "small-difference", $"A difference, too small to matter. {shift}.", compared.Endpoint),
            Change.NoDifferenceBeyondNoise => new Finding(Severity.Info, "no-difference", $"No difference beyond noise. {shift}.", compared.Endpoint),
            _ => new Finding(Severity.Info, "not-enough-samples", string.Create(CultureInfo.InvariantCulture, $"Not checked: {compared.Endpoint} has too few good samples to tell; {Comparison.EnoughSamples} on each side are needed."), compared.Endpoint, "Raise health.samples."),
        };
    }

    private async Task WriteAsync(StepContext context, PlatformHealth? before, ResponseTimeSurvey survey, CancellationToken cancellationToken)
    {
        var csv = new Csv("endpoint", "look", "sample", "ms");
        foreach (var (look, endpoints) in (ReadOnlySpan<(string, IReadOnlyList<EndpointHealth>)>)[("before", before?.Endpoints ?? []), ("after", survey.Fresh)])
        {
            foreach (var endpoint in endpoints)
            {
                for (var sample = 0; sample < endpoint.SamplesMs.Count; sample++)
                    csv.Row(endpoint.Name, look, sample + 1, endpoint.SamplesMs[sample]);
            }
        }
        await context.WriteCsvAsync("verification/response-times.csv", csv, redactor, cancellationToken);
        await context.WriteJsonAsync("verification/response-time.json", survey.Compared, redactor, cancellationToken);
    }

    private static string Summary(PlatformHealth? before, IReadOnlyList<Comparison> compared) => before is null
        ? "measured; not compared"
        : string.Join(", ", compared.CountBy(comparison => comparison.Change).Select(change => string.Create(CultureInfo.InvariantCulture, $"{change.Value} {Word(change.Key)}")));

    private static string Word(Change change) => change switch
    {
        Change.Slower => "slower",
        Change.Faster => "faster",
        Change.SmallDifference => "with a difference too small to matter",
        Change.NoDifferenceBeyondNoise => "with no difference beyond noise",
        _ => "with not enough samples to tell",
    };
}
