using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Http;

namespace Upkeep.Checking;

/// <summary>The platform's addresses, each asked once.</summary>
internal static class SiteRequirements
{
    private static readonly TimeSpan _alertmanagerTimeout = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Requirement>> LookAsync(UpkeepConfiguration configuration, HttpDoor http, CancellationToken cancellationToken)
    {
        var found = new List<Requirement>();
        foreach (var endpoint in configuration.Health.Endpoints)
            found.Add(await EndpointAsync(endpoint, http, cancellationToken));
        if (configuration.Health.Endpoints.Count == 0)
            found.Add(Requirement.Met("endpoints", "None configured: the site isn't looked at"));
        if (configuration.Alerts.Alertmanager is { } alertmanager)
            found.Add(await AlertmanagerAsync(alertmanager, http, cancellationToken));
        return found;
    }

    private static async Task<Requirement> EndpointAsync(EndpointSettings endpoint, HttpDoor http, CancellationToken cancellationToken)
    {
        var health = await new EndpointProbe(http).ProbeAsync(endpoint, 1, static () => false, cancellationToken);
        return health.Problem is { } problem
            ? Requirement.Missing($"endpoint {endpoint.Name}", $"{health.Url}: {problem.Message}", problem.Hint, "preparation.health", "verification.health", "verification.response-time")
            : Requirement.Met($"endpoint {endpoint.Name}", string.Create(CultureInfo.InvariantCulture, $"{health.Url} answers as it should in {health.FirstMs:0} ms"));
    }

    private static async Task<Requirement> AlertmanagerAsync(Uri address, HttpDoor http, CancellationToken cancellationToken)
    {
        const string key = "alerts.alertmanager";
        var status = new Uri($"{address.AbsoluteUri.TrimEnd('/')}/api/v2/status");
        try
        {
            var code = await http.GetAsync(status, _alertmanagerTimeout, static (answer, _) => Task.FromResult((int)answer.StatusCode), cancellationToken);
            return code == 200
                ? Requirement.Met(key, $"{http.Show(address)} answers")
                : Requirement.Missing(key, $"{http.Show(status)} answered {code}", "Name the base address of an Alertmanager with API v2 (0.16 or newer).", "preparation.alerts");
        }
        catch (Exception problem) when (problem is HttpRequestException or TimeoutException)
        {
            return Requirement.Missing(key, $"{http.Show(address)} can't be reached: {http.Redactor.Clean(problem.Message)}", "Is it running, and on this address?", "preparation.alerts");
        }
    }
}
