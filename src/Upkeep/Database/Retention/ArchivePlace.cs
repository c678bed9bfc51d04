using System.Globalization;
using System.Text;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Running;

namespace Upkeep.Database.Retention;

/// <summary>Where one table's rows are kept: a folder with zstd files and a manifest.</summary>
/// <param name="Root">The run's folder, absolute.</param>
/// <param name="Path">The table's folder, relative to the run's or absolute.</param>
internal sealed record ArchivePlace(string Root, string Path)
{
    public const string ManifestName = "manifest.json";

    // File systems take 255 bytes; the rest is left to a prefix and an ending.
    private const int LongestName = 180;

    public static ArchivePlace Of(StepContext context, RetentionRules rules, int rule, string schema, string name)
    {
        var step = context.Step.Id[(context.Step.Id.IndexOf('.', StringComparison.Ordinal) + 1)..];
        var table = string.Create(CultureInfo.InvariantCulture, $"{rule:00}-{Safe($"{schema}.{name}")}");
        return new ArchivePlace(context.Folder, rules.ArchiveFolder is { } root
            ? System.IO.Path.Combine(root, context.Run, step, table)
            : System.IO.Path.Combine(context.Step.Procedure, "archive", step, table));
    }

    public string Folder => System.IO.Path.Combine(Root, Path);

    public string File(int lane) => System.IO.Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"rows-{lane}.copy.zst"));

    public string Manifest => System.IO.Path.Combine(Path, ManifestName);

    public Task<Artifact> WriteAsync(Manifest manifest, CancellationToken cancellationToken) =>
        RunFolder.WriteAsync(Root, Manifest, "application/json", JournalJson.ToElement(manifest).GetRawText(), cancellationToken);

    /// <summary>A file name that keeps what is plain in a table's name and spells out the rest.</summary>
    internal static string Safe(string name)
    {
        var safe = new StringBuilder();
        foreach (var one in Encoding.UTF8.GetBytes(name))
        {
            if (char.IsAsciiLetterOrDigit((char)one) || one is (byte)'_' or (byte)'-' or (byte)'.')
                safe.Append((char)one);
            else
                safe.Append(CultureInfo.InvariantCulture, $"%{one:x2}");
        }
        return safe.Length <= LongestName ? safe.ToString() : safe.ToString(0, LongestName);
    }
}
