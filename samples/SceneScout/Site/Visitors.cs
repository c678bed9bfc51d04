using SceneScout.Seeding;

namespace SceneScout.Site;

/// <summary>Light traffic: one visitor after the other, never more a second than asked for.</summary>
/// <param name="told">Hears of requests that failed.</param>
internal sealed class Visitors(HttpClient http, Uri site, double perSecond, int seed, TimeProvider time, Action<string> told)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private const int WarmingVisits = 60;

    /// <summary>The first visits, one right after the other: a site that has just started is slow to everybody, and that is not what is to be measured.</summary>
    public async Task WarmAsync(CancellationToken cancellationToken)
    {
        var chance = new Random(seed);
        for (var visit = 0; visit < WarmingVisits; visit++)
            await VisitOnceAsync(Path(chance), cancellationToken);
    }

    /// <summary>Visits until cancelled.</summary>
    public async Task VisitAsync(CancellationToken cancellationToken)
    {
        var chance = new Random(seed);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(Math.Min(1 / perSecond, 3_600)), time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
            await VisitOnceAsync(Path(chance), cancellationToken);
    }

    private async Task VisitOnceAsync(string path, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_patience);
        try
        {
            using var answer = await http.GetAsync(new Uri(site, path), limit.Token);
        }
        catch (HttpRequestException problem)
        {
            told($"{path} failed: {problem.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            told($"{path} took longer than {_patience.TotalSeconds} s");
        }
    }

    private static string Path(Random chance) => chance.NextDouble() switch
    {
        < 0.45 => "/",
        < 0.65 => $"/discover?category={chance.Of(TextPools.Categories)}",
        < 0.85 => $"/discover?city={Uri.EscapeDataString(chance.Of(TextPools.Towns).Name)}",
        < 0.95 => $"/discover?q={chance.Of(_searches)}",
        < 0.99 => "/health",
        _ => "/favicon.ico",
    };

    private static readonly string[] _searches = ["trio", "orchestra", "evening", "anniversary", "choir"];
}
