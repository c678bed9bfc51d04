using System.CommandLine.Parsing;
using System.Globalization;

namespace SceneScout;

/// <summary>Reads what stands on the command line, and says kindly what can't be read.</summary>
internal static class Arguments
{
    /// <summary>A number within limits, written with a point.</summary>
    public static double Number(ArgumentResult result, double least, double most)
    {
        var text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{text} is not a number from {least} to {most}. Write for example 1 or 0.25."));
        return default;
    }

    /// <summary>An instant to the microsecond, which is what PostgreSQL keeps.</summary>
    public static DateTimeOffset Instant(string? text, TimeProvider time)
    {
        if (text is null)
            return Whole(time.GetUtcNow());
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? Whole(instant)
            : throw new ScoutException($"--now {text} is not an instant. Write it like 2026-11-22T07:00:00Z.");
    }

    private static DateTimeOffset Whole(DateTimeOffset instant) => instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerMicrosecond));
}
