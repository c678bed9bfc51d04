using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Spectre.Console;
using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Redaction;
using Upkeep.Reports;

namespace Upkeep.Cli.Output;

/// <summary>
/// The one door to the terminal: answers to stdout, progress, log and errors to stderr; known secrets are masked in both. In JSON mode
/// stdout gets exactly one document.
/// </summary>
internal sealed class CommandOutput(TextWriter answer, TextWriter log, OutputSettings settings, TimeProvider time)
{
    private static readonly JsonSerializerOptions _indented = new(JournalJson.Options)
    {
        WriteIndented = true,
        // The contract: what there is nothing to say of is absent.
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        // For eyes and jq; nothing of it is ever put into a page.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private Action<string> _writeLog = log.WriteLine;
    private bool _answeredInJson;

    public OutputSettings Settings { get; } = settings;

    public bool IsJson => Settings.Format == OutputFormat.Json;

    /// <summary>Masks secrets in everything written; set once the configuration is read.</summary>
    public Redactor Redactor { get; set; } = Redactor.None;

    /// <summary>A line of the answer, in text mode.</summary>
    public void Line(string text = "")
    {
        if (!IsJson)
            answer.WriteLine(Fit(text));
    }

    // A table's name or a server's error may hold what moves a cursor; line ends are ours.
    private string Fit(string text) =>
        string.Join('\n', Redactor.Clean(text).ReplaceLineEndings("\n").Split('\n').Select(line => SafeText.Line(line, int.MaxValue)));

    /// <summary>A table or other rendering of the answer, in text mode.</summary>
    public void Render(Spectre.Console.Rendering.IRenderable renderable)
    {
        if (IsJson)
            return;
        using var buffer = new StringWriter();
        SpectreConsole.To(buffer, Settings.Color && !Console.IsOutputRedirected, SpectreConsole.WidthOfAnswer()).Write(renderable);
        answer.Write(Redactor.Clean(buffer.ToString()));
    }

    /// <summary>The answer in JSON mode: the one document on stdout.</summary>
    public void Json<T>(T document)
    {
        if (_answeredInJson)
            throw new InvalidOperationException("The JSON document was written already: stdout holds exactly one.");
        _answeredInJson = true;
        answer.WriteLine(Redactor.Clean(JsonSerializer.Serialize(document, _indented)));
    }

    /// <summary>A line of progress on stderr, with its time; not with --quiet.</summary>
    public void Progress(string text)
    {
        if (!Settings.Quiet)
            Notice(text);
    }

    /// <summary>A line of detail on stderr, only with --verbose.</summary>
    public void Detail(string text)
    {
        if (Settings.Verbose)
            Notice(text);
    }

    /// <summary>Loggers that write to <see cref="Detail"/>; null without --verbose, where nobody would read them.</summary>
    public ILoggerFactory? Loggers() => Settings.Verbose
        ? LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(new DetailLog(this)))
        : null;

    /// <summary>A line on stderr that is told also with --quiet.</summary>
    public void Notice(string text) =>
        _writeLog(Redactor.Clean($"{time.GetLocalNow().ToString("yyyy-MM-dd HH:mm:sszzz", CultureInfo.InvariantCulture)} {SafeText.Line(text)}"));

    /// <summary>A console on stderr for a display that is redrawn.</summary>
    public IAnsiConsole LogConsole() => SpectreConsole.Live(log);

    /// <summary>Until disposed, lines for stderr go through <paramref name="write"/>: above a display that is redrawn, not into it.</summary>
    public IDisposable LogThrough(Action<string> write)
    {
        var before = _writeLog;
        _writeLog = write;
        return new Restore(() => _writeLog = before);
    }

    /// <summary>Why the program ends with <paramref name="status"/>; in JSON mode, where nothing was answered yet, also as the document.</summary>
    /// <param name="details">Shown with --verbose.</param>
    public void Problem(ExitStatus status, string message, string? hint, Exception? details = null)
    {
        log.WriteLine(Fit($"upkeep: {message}"));
        if (hint is not null)
            log.WriteLine(Fit($"  hint: {hint}"));
        if (details is not null && Settings.Verbose)
            log.WriteLine(Redactor.Clean(details.ToString()));
        if (IsJson && !_answeredInJson)
            Json(new ProblemDocument(1, new ProblemBody((int)status, message, hint)));
    }

    /// <summary>Every problem of a configuration, one to a line as compilers write them, each with its hint below it.</summary>
    public void Problems(string summary, IReadOnlyList<ConfigurationProblem> problems)
    {
        foreach (var problem in problems)
        {
            var place = problem.Line is { } line ? string.Create(CultureInfo.InvariantCulture, $"{problem.File}:{line}") : problem.File;
            log.WriteLine(Redactor.Clean($"{place}: {(problem.Key.Length == 0 ? "" : $"{problem.Key}: ")}{problem.Message}"));
            log.WriteLine(Redactor.Clean($"  hint: {problem.Hint}"));
        }
        if (IsJson && !_answeredInJson)
            Json(new ProblemDocument(1, new ProblemBody((int)ExitStatus.Usage, summary, null, problems)));
    }

    private sealed record ProblemDocument(int Schema, ProblemBody Error);

    private sealed record ProblemBody(int ExitStatus, string Message, string? Hint, IReadOnlyList<ConfigurationProblem>? Problems = null);

    private sealed class Restore(Action back) : IDisposable
    {
        public void Dispose() => back();
    }
}
