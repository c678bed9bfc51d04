using System.Text.Json;
using Upkeep.Redaction;

namespace Upkeep.Http;

/// <summary>An alert that fires now.</summary>
/// <param name="Severity">Its label <c>severity</c>, or empty.</param>
/// <param name="Summary">Its annotation <c>summary</c>, else <c>description</c>, with secrets masked.</param>
public sealed record FiringAlert(string Name, string Severity, string? Instance, string Summary, DateTimeOffset? Since)
{
    /// <summary>Whether it says that someone must come now.</summary>
    public bool IsCritical => Severity.ToLowerInvariant() is "critical" or "page" or "emergency" or "fatal" or "disaster";
}

/// <summary>What an Alertmanager answered, or why it didn't.</summary>
public sealed record AlertLook(IReadOnlyList<FiringAlert>? Alerts, string? Problem, string? Hint);

/// <summary>Asks an Alertmanager (API v2) what fires.</summary>
public sealed class Alertmanager(HttpDoor http, Uri baseUrl)
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(15);
    private const int TextLength = 300;

    /// <summary>Alerts that are active, neither silenced nor inhibited.</summary>
    public async Task<AlertLook> FiringAsync(CancellationToken cancellationToken)
    {
        var url = new Uri($"{baseUrl.AbsoluteUri.TrimEnd('/')}/api/v2/alerts?active=true&silenced=false&inhibited=false&unprocessed=false");
        try
        {
            using var document = JsonDocument.Parse(await http.GetBytesAsync(url, _timeout, cancellationToken));
            return new AlertLook([.. document.RootElement.EnumerateArray().Select(Read)], null, null);
        }
        catch (Exception problem) when (problem is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } or TimeoutException)
        {
            var told = EndpointFailures.Of(problem, url);
            return new AlertLook(null, $"{http.Show(baseUrl)}: {told.Message}", told.Hint);
        }
        catch (Exception problem) when (problem is HttpRequestException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return new AlertLook(null, $"{http.Show(baseUrl)} does not answer as an Alertmanager does: {http.Redactor.Clean(problem.Message)}", "Check alerts.alertmanager: the base address, without /api/v2.");
        }
    }

    private FiringAlert Read(JsonElement alert)
    {
        var labels = alert.GetProperty("labels");
        var annotations = alert.TryGetProperty("annotations", out var found) ? found : default;
        return new FiringAlert(Text(labels, "alertname") ?? "unnamed", Text(labels, "severity") ?? "", Text(labels, "instance"),
            Text(annotations, "summary") ?? Text(annotations, "description") ?? "",
            alert.TryGetProperty("startsAt", out var since) && since.TryGetDateTimeOffset(out var at) ? at : null);
    }

    private string? Text(JsonElement holder, string name) =>
        holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? SecretShapes.Clean(http.Redactor.Clean(value.GetString()!), TextLength)
            : null;
}
