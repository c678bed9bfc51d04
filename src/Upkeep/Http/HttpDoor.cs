using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Upkeep.Redaction;

namespace Upkeep.Http;

/// <summary>
/// The one door for HTTP: no cookies, no proxy (what is measured is the site, not the way out), redirects shown and not followed,
/// a time limit on every request that covers the whole answer, a bound on what is read of it, secrets masked in what is told.
/// </summary>
public sealed class HttpDoor : IDisposable
{
    /// <summary>More of an answer is never read.</summary>
    public const int MaxBytes = 8 << 20;

    private readonly HttpClient _client;

    public HttpDoor(Redactor redactor, TimeProvider time)
    {
        Redactor = redactor;
        Time = time;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        })
        {
            // Ours is per request and ends the reading of the body too.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("upkeep");
    }

    public ILogger Log { get; init; } = NullLogger.Instance;

    internal Redactor Redactor { get; }

    internal TimeProvider Time { get; }

    /// <summary>
    /// Sends a GET and hands the answer to <paramref name="read"/> as soon as its headers are there.
    /// A user and password in the address are sent as basic authentication.
    /// </summary>
    /// <exception cref="TimeoutException">No whole answer within <paramref name="timeout"/>.</exception>
    /// <exception cref="HttpRequestException">No connection, no TLS, or the connection broke.</exception>
    public async Task<T> GetAsync<T>(Uri url, TimeSpan timeout, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (url.UserInfo.Length > 0)
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo))));
        var started = Time.GetTimestamp();
        var status = 0;
        try
        {
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var whole = await read(answer, either.Token);
            status = (int)answer.StatusCode;
            return whole;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no whole answer within {timeout.TotalSeconds:0.###} s");
        }
        catch (IOException broken)
        {
            throw new HttpRequestException(HttpRequestError.ResponseEnded, broken.Message, broken);
        }
        finally
        {
            Tell(url, status, Time.GetElapsedTime(started));
        }
    }

    /// <summary>Reads a whole answer, for services whose answers are small.</summary>
    /// <exception cref="HttpRequestException">The answer is longer than <see cref="MaxBytes"/>, or another status than 200.</exception>
    public Task<byte[]> GetBytesAsync(Uri url, TimeSpan timeout, CancellationToken cancellationToken) => GetAsync(url, timeout, static async (answer, token) =>
    {
        if (answer.StatusCode != HttpStatusCode.OK)
            throw new HttpRequestException($"status {(int)answer.StatusCode} instead of 200");
        await answer.Content.LoadIntoBufferAsync(MaxBytes, token);
        return await answer.Content.ReadAsByteArrayAsync(token);
    }, cancellationToken);

    /// <summary>The address for people: without user, password and the values of the query, and with known secrets masked.</summary>
    public string Show(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        var shown = url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        if (url.Query.Length > 1)
        {
            var names = url.Query[1..].Split('&').Select(pair => pair.IndexOf('=', StringComparison.Ordinal) is > 0 and var end ? pair[..end] + "=…" : "…");
            shown += "?" + string.Join('&', names);
        }
        return Redactor.Clean(shown);
    }

    public void Dispose() => _client.Dispose();

    private void Tell(Uri url, int status, TimeSpan took)
    {
        if (!Log.IsEnabled(LogLevel.Debug))
            return;
        if (status == 0)
            Log.Unanswered(Show(url), Amount.Duration(took));
        else
            Log.Answered(Show(url), status, Amount.Duration(took));
    }
}
