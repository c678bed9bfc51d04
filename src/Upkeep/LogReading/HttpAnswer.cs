namespace Upkeep.LogReading;

/// <summary>What a status says in words (RFC 9110 15, nginx's own): numbers are masked in templates, and a 404 is no 429.</summary>
internal static class HttpAnswer
{
    /// <summary>Whether a status has words of its own: only then they tell it from all others.</summary>
    public static bool IsNamed(int status) => Of(status) is not ("Server Error" or "Client Error" or "Redirection" or "Success" or "Informational");

    public static string Of(int status) => status switch
    {
        200 => "OK", 201 => "Created", 202 => "Accepted", 204 => "No Content", 206 => "Partial Content",
        301 => "Moved Permanently", 302 => "Found", 303 => "See Other", 304 => "Not Modified", 307 => "Temporary Redirect", 308 => "Permanent Redirect",
        400 => "Bad Request", 401 => "Unauthorized", 403 => "Forbidden", 404 => "Not Found", 405 => "Method Not Allowed", 408 => "Request Timeout", 409 => "Conflict", 410 => "Gone",
        413 => "Content Too Large", 414 => "URI Too Long", 415 => "Unsupported Media Type", 422 => "Unprocessable Content", 429 => "Too Many Requests", 499 => "Client Closed Request",
        500 => "Internal Server Error", 501 => "Not Implemented", 502 => "Bad Gateway", 503 => "Service Unavailable", 504 => "Gateway Timeout", 507 => "Insufficient Storage",
        >= 500 => "Server Error", >= 400 => "Client Error", >= 300 => "Redirection", >= 200 => "Success", _ => "Informational",
    };
}
