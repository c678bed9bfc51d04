using System.Text.Json;
using Upkeep.Backups.Restoring;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Running;

namespace Upkeep.Backups.RestoreTest;

/// <summary>Writes down what a restore test showed: files of the run, measures, findings.</summary>
internal static class RestoreTestEvidence
{
    public static async Task WriteAsync(StepContext context, string backup, ProvenRestore proven, TimeSpan toRecover, CancellationToken cancellationToken)
    {
        context.Attach(await RunFolder.WriteAsync(context.Folder, "backups/restore-test.json", "application/json",
            JsonSerializer.Serialize(new { backup, proven }, BackupManifest.Json), cancellationToken));
        context.Attach(await RunFolder.WriteAsync(context.Folder, "backups/restore-test.csv", "text/csv", Table(proven), cancellationToken));
        context.After("recovery_seconds", toRecover.TotalSeconds, "seconds");
        context.After("restored_bytes", proven.Bytes, "bytes");
        context.After("restored_rows", proven.Rows, "rows");
        context.After("restored_tables", proven.Tables.Count(table => table.Rows is not null), "count");
        foreach (var phase in proven.Phases)
            context.After("phase_seconds", phase.Took.TotalSeconds, "seconds", phase.Name);
        foreach (var probe in proven.Probes.Where(probe => probe.Value is not null))
            context.After("probe", probe.Value!.Value, "value", probe.Name);
        foreach (var problem in proven.Findings.Problems)
            context.Raise(Severity.Critical, "restore-differs", $"{backup}: {problem}.", backup);
        foreach (var open in proven.Findings.NotProven)
            context.Raise(Severity.Warning, "restore-not-proven", $"Not proven of {backup}: {open}.", backup);
        foreach (var limit in proven.Findings.Limits)
            context.Raise(Severity.Info, "restore-not-covered", $"No digest speaks for {limit}.", backup);
    }

    private static string Table(ProvenRestore proven)
    {
        var csv = new Csv("schema", "table", "rows_expected", "rows_found", "digest_expected", "digest_found", "equal");
        foreach (var table in proven.Tables)
        {
            bool? equal = table.ExpectedRows is null ? null : table.ExpectedRows == table.Rows && (table.ExpectedDigest is null || table.ExpectedDigest == table.Digest);
            csv.Row(table.Schema, table.Name, table.ExpectedRows, table.Rows, table.ExpectedDigest, table.Digest, equal);
        }
        return csv.ToString();
    }
}
