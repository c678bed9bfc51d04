using System.Net.Sockets;

namespace Upkeep.Http;

/// <summary>Tells the ways in which a request fails apart.</summary>
internal static class EndpointFailures
{
    public static EndpointProblem Of(Exception problem, Uri url) => problem switch
    {
        TimeoutException => new(EndpointFailure.Timeout, problem.Message, "Is the service overloaded or hanging? The endpoint's timeout sets how long we wait."),
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
            new(EndpointFailure.Dns, $"the name {url.Host} is not known", "Check the host in health.endpoints, and the DNS entry."),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            new(EndpointFailure.Tls, $"no TLS with {url.Host}:{url.Port}: {Innermost(problem).Message.TrimEnd('.')}",
                $"Look at the certificate served: openssl s_client -connect {url.Host}:{url.Port} -servername {url.Host}"),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } when Innermost(problem) is SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
            new(EndpointFailure.Refused, $"{url.Host}:{url.Port} refused the connection", "Nothing listens there: is the service running, and on this port?"),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } =>
            new(EndpointFailure.Refused, $"no connection to {url.Host}:{url.Port}: {Innermost(problem).Message.TrimEnd('.')}", "Is the host up, and a firewall in between?"),
        _ => new(EndpointFailure.Broken, $"the connection broke: {Innermost(problem).Message.TrimEnd('.')}", "The service ended the connection or doesn't speak HTTP here; its log says more."),
    };

    private static Exception Innermost(Exception problem) => problem.InnerException is { } inner ? Innermost(inner) : problem;
}
