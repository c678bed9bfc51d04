using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using NodaTime;
using Upkeep.LogReading;

namespace Upkeep.Logs.Patterns;

/// <summary>What to look for.</summary>
/// <param name="Least">Lines below it are left out, in files that name levels at all; null takes every line.</param>
/// <param name="Since">Lines before it are left out.</param>
/// <param name="WithLines">Whether the numbers of all lines are kept, which costs memory by the line.</param>
public sealed record PatternRequest(LogLevel? Least, DateTimeOffset? Since, bool WithLines)
{
    /// <summary>Whether a file may be the name of an open stream, such as <c>/dev/stdin</c>.</summary>
    public bool TakesStreams { get; init; }
    /// <summary>What varies besides what is recognised.</summary>
    public IReadOnlyList<Regex> Masks { get; init; } = [];
}

/// <summary>What was found in some files.</summary>
public sealed record PatternSurvey
{
    public required IReadOnlyList<Template> Templates { get; init; }
    public required IReadOnlyList<PatternFile> Files { get; init; }
    /// <summary>Messages that are grouped into the templates.</summary>
    public required long Messages { get; init; }
    /// <summary>Messages grouped by their first words only, because there were too many different ones.</summary>
    public required long Overflow { get; init; }
}

/// <summary>What was read of one file.</summary>
/// <param name="FirstLine">The number of its first line less one, counted through all files.</param>
/// <param name="HasLevels">Whether its lines name levels; else all of them were taken.</param>
/// <param name="HasTimes">Whether any message bore a time that is known.</param>
/// <param name="Loss">What was not read of it, and why; null where everything was.</param>
/// <param name="Notes">What was read with reservations.</param>
public sealed record PatternFile(string Path, LogFormat Format, Packing Packing, long FirstLine, long Lines, long Continuations, long Bytes, bool HasLevels, bool HasTimes, string? Loss, IReadOnlyList<string> Notes);

/// <summary>Reads log files one after the other, as streams, and groups their messages.</summary>
public sealed partial class PatternScan(PatternRequest request, DateTimeZone zone, LocalDate today)
{
    private const long CheckEvery = 4 << 20;

    private readonly PatternMiner _miner = new(request.WithLines);
    private readonly List<PatternFile> _files = [];
    private long _lines;

    public PatternSurvey Survey => new() { Templates = _miner.Templates(), Files = _files, Messages = _miner.Messages, Overflow = _miner.Overflow };

    /// <param name="goOn">Asked now and then with the bytes read so far; null always goes on.</param>
    /// <exception cref="IOException">There is no such file, or it can't be read.</exception>
    public PatternFile Read(string path, CancellationToken cancellationToken, Func<long, bool>? goOn = null)
    {
        using var reader = new LogReader(new LogLines(new LogSource(path, streams: request.TakesStreams)), new TimeReader(zone, today), request.Least ?? LogLevel.None);
        reader.Lines.EveryBytes(CheckEvery, () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return goOn is null || goOn(reader.Lines.Source.BytesRead);
        });
        reader.Begin();
        var since = request.Since?.ToUnixTimeMilliseconds() ?? long.MinValue;
        while (reader.TryRead(out var entry))
        {
            // A line without a time may be from any day: rather one too many.
            if (entry.At == 0 || entry.At >= since)
                _miner.Add(request.Masks.Count == 0 && !HasQuotedMail(entry.Message) ? entry.Message : Masked(entry.Message), new Sighting(_lines + entry.Line, entry.At, entry.Level));
        }
        var lines = reader.Lines;
        _files.Add(new PatternFile(path, reader.Format, lines.Source.Packing, _lines, lines.Number, reader.Continuations, lines.Source.BytesRead, reader.HasLevels, reader.HasTimes, lines.Source.Loss ?? Binary(lines), [.. Notes(reader)]));
        _lines += lines.Number;
        return _files[^1];
    }

    // A hole that a truncation left is one line; programs and pictures hold NULs in many.
    private static string? Binary(LogLines lines) => lines.LinesWithNul > 0 && (lines.LinesWithNul == lines.Number || lines.LinesWithNul > 2 && lines.LinesWithNul > lines.Number / 10)
        ? string.Create(CultureInfo.InvariantCulture, $"is no text: {lines.LinesWithNul:N0} of {Counted.Of(lines.Number, "line")} hold NUL bytes") : null;

    // A digit in its place makes a word a value.
    private byte[] Masked(ReadOnlySpan<byte> message)
    {
        var text = Encoding.UTF8.GetString(message);
        if (HasQuotedMail(message))
            text = QuoteInMail().Replace(text, ".");
        foreach (var mask in request.Masks)
            text = mask.Replace(text, "0");
        return Encoding.UTF8.GetBytes(text);
    }

    private static bool HasQuotedMail(ReadOnlySpan<byte> message) => message.Contains((byte)'@') && message.Contains((byte)'\'');

    // o'brien@example.com is one value; elsewhere the mark ends a word.
    [GeneratedRegex(@"(?<=\w)'(?=[\w.+-]{1,64}@)", RegexOptions.CultureInvariant)]
    private static partial Regex QuoteInMail();

    private static IEnumerable<string> Notes(LogReader reader)
    {
        var lines = reader.Lines;
        if (reader.LeftOut > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{reader.LeftOut:N0} of {(lines.Number > reader.Sampled ? "the first " : "")}{Counted.Of(reader.Sampled, "line")} name no level and were not counted: --all-levels");
        if (lines.LongLines > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(lines.LongLines, "line is", "lines are")} longer than {Amount.Bytes(LogLines.MaxLine)}: only the beginning was looked at");
        if (lines.InvalidLines > 0)
            yield return $"{Counted.Of(lines.InvalidLines, "line is", "lines are")} not valid UTF-8";
        if (lines.LinesWithNul > 0)
            yield return $"{Counted.Of(lines.LinesWithNul, "line holds", "lines hold")} NUL bytes, as after a crash or a truncation under an open file";
    }
}
