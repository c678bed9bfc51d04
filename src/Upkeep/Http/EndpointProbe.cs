using System.Globalization;
using Upkeep.Configuration;

namespace Upkeep.Http;

/// <summary>Asks an endpoint again and again, one request after the other, and keeps what each gave.</summary>
public sealed class EndpointProbe(HttpDoor http)
{
    // An endpoint that is down needs no thirty time-outs to prove it.
    private const int EnoughFailuresInARow = 3;

    /// <summary>One request to connect, then <paramref name="samples"/> on the open connection.</summary>
    /// <param name="stop">Asked before each request: enough?</param>
    public async Task<EndpointHealth> ProbeAsync(EndpointSettings endpoint, int samples, Func<bool> stop, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(stop);
        var good = new List<double>(samples);
        EndpointProblem? first = null;
        double? firstMs = null;
        var (requests, failures, inARow) = (0, 0, 0);
        while (requests <= samples && inARow < EnoughFailuresInARow && (requests == 0 || !stop()))
        {
            var began = http.Time.GetTimestamp();
            var problem = await AskAsync(endpoint, cancellationToken);
            var took = http.Time.GetElapsedTime(began).TotalMilliseconds;
            requests++;
            inARow = problem is null ? 0 : inARow + 1;
            if (problem is not null)
                (failures, first) = (failures + 1, first ?? problem);
            else if (requests == 1)
                firstMs = took;
            else
                good.Add(took);
        }
        return new EndpointHealth
        {
            Name = endpoint.Name,
            Url = http.Show(endpoint.Url),
            Requests = requests,
            Failures = failures,
            Problem = first,
            FirstMs = firstMs,
            SamplesMs = good,
        };
    }

    private async Task<EndpointProblem?> AskAsync(EndpointSettings endpoint, CancellationToken cancellationToken)
    {
        try
        {
            return await http.GetAsync(endpoint.Url, endpoint.Timeout, (answer, token) => JudgeAsync(endpoint, answer, token), cancellationToken);
        }
        catch (Exception problem) when (problem is HttpRequestException or TimeoutException)
        {
            return EndpointFailures.Of(problem, endpoint.Url);
        }
    }

    // The whole answer is read in any case: a page is there when its last byte is.
    private async Task<EndpointProblem?> JudgeAsync(EndpointSettings endpoint, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var status = (int)answer.StatusCode;
        var search = await ContentSearch.RunAsync(answer, status == endpoint.Status ? endpoint.Contains : null, cancellationToken);
        if (status != endpoint.Status)
            return new EndpointProblem(EndpointFailure.WrongStatus, StatusMessage(endpoint, answer), StatusHint(answer));
        if (search.Found)
            return null;
        var read = search.Truncated ? $"the first {HttpDoor.MaxBytes >> 20} MiB" : string.Create(CultureInfo.InvariantCulture, $"the {search.BytesRead} bytes");
        return new EndpointProblem(EndpointFailure.ContentMissing, http.Redactor.Clean($"status {status}, but \"{endpoint.Contains}\" is not in {read} of the answer"),
            "It may be an error page sent as success; open it and look, or mend the endpoint's contains.");
    }

    private string StatusMessage(EndpointSettings endpoint, HttpResponseMessage answer)
    {
        var message = string.Create(CultureInfo.InvariantCulture, $"status {(int)answer.StatusCode} instead of {endpoint.Status}");
        return answer.Headers.Location is { } to ? $"{message}, a redirect to {http.Show(new Uri(endpoint.Url, to))}" : message;
    }

    private static string StatusHint(HttpResponseMessage answer) => (int)answer.StatusCode switch
    {
        >= 300 and < 400 => "Redirects are not followed: name the address it leads to, or expect this status.",
        401 or 403 => "The probe isn't let in: give it an address that needs no login.",
        404 => "Check the path in health.endpoints.",
        >= 500 => "The service is failing: its error log says why.",
        _ => "Check the address and the expected status in health.endpoints.",
    };
}
