using System.Globalization;
using System.Net;
using Npgsql;
using NpgsqlTypes;

namespace SceneScout.Site;

/// <summary>Notes each request in api_logs and api.log, and turns what goes wrong into an answer and a line in error.log.</summary>
internal sealed class RequestLog(NpgsqlDataSource database, LogFiles logs, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        var started = time.GetTimestamp();
        try
        {
            await next(context);
        }
        catch (NpgsqlException problem)
        {
            logs.Error("site", $"{context.Request.Path} failed: {problem.Message}");
            if (!context.Response.HasStarted)
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
        var took = (int)time.GetElapsedTime(started).TotalMilliseconds;
        if (context.Response.StatusCode == StatusCodes.Status404NotFound)
            logs.Warn("site", $"nothing at {context.Request.Path}");
        logs.Api(string.Create(CultureInfo.InvariantCulture, $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Response.StatusCode} {took} ms"));
        await StoreAsync(context, took);
    }

    private async Task StoreAsync(HttpContext context, int took)
    {
        try
        {
            await using var command = database.CreateCommand(
                "insert into api_logs (method, path, status_code, response_time_ms, ip, user_agent, created_at) values ($1, $2, $3, $4, $5, $6, $7)");
            command.Parameters.Add(new() { Value = context.Request.Method });
            command.Parameters.Add(new() { Value = $"{context.Request.Path}{context.Request.QueryString}" });
            command.Parameters.Add(new() { Value = (short)context.Response.StatusCode });
            command.Parameters.Add(new() { Value = took });
            command.Parameters.Add(new() { Value = context.Connection.RemoteIpAddress ?? IPAddress.None, NpgsqlDbType = NpgsqlDbType.Inet });
            command.Parameters.Add(new() { Value = context.Request.Headers.UserAgent.ToString() });
            command.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime });
            await command.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException problem)
        {
            // The visitor has the answer already; only the note of it is lost, and that is told.
            logs.Error("site", $"a request could not be noted in api_logs: {problem.Message}");
        }
    }
}
