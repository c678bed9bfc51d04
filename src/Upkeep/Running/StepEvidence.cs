using System.Text.Json;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Redaction;

namespace Upkeep.Running;

/// <summary>Writes a step's evidence into the run's folder and records it; a plan and a dry run have no folder and leave none.</summary>
public static class StepEvidence
{
    private static readonly JsonSerializerOptions _readable = new(JournalJson.Options) { WriteIndented = true };

    /// <param name="path">Below the run's folder, for example <c>preparation/baseline-tables.csv</c>.</param>
    /// <param name="text">With secrets already masked.</param>
    public static async Task WriteAsync(this StepContext context, string path, string mediaType, string text, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (Directory.Exists(context.Folder))
            context.Attach(await RunFolder.WriteAsync(context.Folder, path, mediaType, text, cancellationToken));
    }

    /// <summary>A record as indented JSON, with known secrets masked.</summary>
    public static Task WriteJsonAsync<T>(this StepContext context, string path, T value, Redactor redactor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(redactor);
        return context.WriteAsync(path, "application/json", redactor.Clean(JsonSerializer.Serialize(value, _readable)) + "\n", cancellationToken);
    }

    /// <summary>A table as CSV, with known secrets masked.</summary>
    public static Task WriteCsvAsync(this StepContext context, string path, Csv table, Redactor redactor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(redactor);
        return context.WriteAsync(path, "text/csv", redactor.Clean(table.ToString()), cancellationToken);
    }
}
