using System.Text;

namespace Upkeep.LogReading;

/// <summary>How the lines of a file are to be read.</summary>
public enum LogFormat
{
    /// <summary>A head and a message; whatever is none of the others.</summary>
    Text,
    Json,
    Logfmt,
    Access,
    PostgresCsv,
    JournalExport,
}

/// <summary>Tells the format of a file by its first lines.</summary>
internal static class LogFormats
{
    private const double NearlyAll = 0.8;

    public static LogFormat Of(IReadOnlyList<string> lines)
    {
        var full = lines.Where(line => line.Length > 0).ToList();
        if (full.Count == 0)
            return LogFormat.Text;
        if (full[0].StartsWith("__CURSOR=", StringComparison.Ordinal) || full.Take(40).Any(line => line.StartsWith("__REALTIME_TIMESTAMP=", StringComparison.Ordinal)))
            return LogFormat.JournalExport;
        bool Most(Func<string, bool> is_) => full.Count(is_) >= NearlyAll * full.Count;
        return Most(line => line.TrimStart().StartsWith('{')) ? LogFormat.Json
            : Most(IsAccess) ? LogFormat.Access
            : full.Count(IsPostgresCsv) >= 0.3 * full.Count && IsPostgresCsv(full[0]) ? LogFormat.PostgresCsv
            : Most(IsLogfmt) ? LogFormat.Logfmt
            : LogFormat.Text;
    }

    // 192.0.2.1 - - [22/Nov/2026:01:02:03 +0000] "GET / HTTP/1.1" 200 …
    private static bool IsAccess(string line) =>
        line.IndexOf('[') is > 0 and var open && line.IndexOf("] \"", open, StringComparison.Ordinal) is > 0 and var close && close - open is > 18 and < 32
        && line.IndexOf("\" ", close + 3, StringComparison.Ordinal) is > 0 and var end && end + 4 < line.Length && char.IsAsciiDigit(line[end + 2]) && char.IsAsciiDigit(line[end + 4]);

    // 2026-11-22 01:02:03.456 UTC,"user","database",4242,…
    private static bool IsPostgresCsv(string line) => line.Length > 30 && line[4] == '-' && line[13] == ':' && line.IndexOf(',') is > 20 and < 34 && line.Count(letter => letter == ',') >= 15;

    private static bool IsLogfmt(string line) =>
        (line.Contains("level=", StringComparison.OrdinalIgnoreCase) || line.Contains("lvl=", StringComparison.OrdinalIgnoreCase)) && (line.Contains("msg=", StringComparison.Ordinal) || line.Contains("message=", StringComparison.Ordinal))
        && PlainLine.Logfmt(line) is not null;
}
