using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Host.Certificates;

/// <summary>How long the certificates last, and whether clients take them.</summary>
/// <param name="past">What earlier runs saw.</param>
public sealed class CertificatesStep(CertificateSettings settings, Func<IReadOnlyList<DaysLeftPoint>> past, Redactor redactor, TimeProvider time) : InspectStep<CertificateSurvey>
{
    // A year of weeks in the chart.
    private const int MostPoints = 52;

    public override StepDefinition Definition { get; } = new()
    {
        Id = "host.certificates",
        Title = "Certificates",
        Kind = StepKind.Inspect,
        Priority = 4,
        Deadline = TimeSpan.FromMinutes(5),
    };

    public override async Task<Check<CertificateSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (settings.Endpoints.Count + settings.Files.Count == 0)
            return Check.Skipped<CertificateSurvey>("no certificates are configured", "Name them under host: certificates: endpoints and files.");
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var survey = await CertificateLook.AtAsync(settings, now, time, cancellationToken);
        context.Raise(new CertificateFindings(settings, now).Of(survey));
        var seen = Seen(survey);
        if (seen.Count == 0)
            return Check.Skipped<CertificateSurvey>("no certificate could be looked at: no endpoint showed one, and no file could be read", "The findings say why, one by one.");
        Measure(context, seen, now);
        await context.WriteJsonAsync("host/certificates.json", survey, redactor, cancellationToken);
        var first = seen.MinBy(one => one.Leaf.To);
        return Check.Looked(survey, $"{seen.Count} of {Counted.Of(settings.Endpoints.Count + settings.Files.Count, "certificate")} looked at; {Left(first.Leaf, now)}: {first.What}");
    }

    private static string Left(SeenCertificate certificate, DateTimeOffset now) =>
        certificate.To <= now ? "expired" : $"the first ends in {Counted.Of(CertificateFindings.DaysLeft(certificate, now), "day")}";

    private void Measure(StepContext context, IReadOnlyList<(string What, SeenCertificate Leaf)> seen, DateTimeOffset now)
    {
        var earlier = past();
        foreach (var (what, leaf) in seen)
        {
            var days = CertificateFindings.DaysLeft(leaf, now);
            context.Before("days_left", days, "days", what);
            context.BeforeSeries("certificate_days_left", "days", what,
                [.. earlier.Where(point => point.What == what && point.At < now).OrderBy(point => point.At).TakeLast(MostPoints - 1).Select(point => (point.At, point.Days)), (now, days)]);
        }
    }

    private static IReadOnlyList<(string What, SeenCertificate Leaf)> Seen(CertificateSurvey survey) =>
    [
        .. survey.Endpoints.Where(one => one.Chain is not null).Select(one => (one.Endpoint, one.Chain!.Leaf)),
        .. survey.Files.Where(one => one.Chain is not null).DistinctBy(one => one.Path).Select(one => (one.Path, one.Chain!.Leaf)),
    ];
}
