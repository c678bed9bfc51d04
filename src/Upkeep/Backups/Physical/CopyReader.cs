using System.Text.Json;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups.Physical;

/// <summary>
/// Reads a copy back: every file in its archives against the list of checksums that the server wrote, and the server's log from the copy's
/// beginning to the snapshot's place. pg_verifybackup does the first, but before version 18 for unpacked copies only.
/// </summary>
/// <param name="copy">Folder of the archives.</param>
/// <param name="log">Folder of the segments of log.</param>
internal sealed class CopyReader(string copy, string log)
{
    /// <param name="reader">pg_waldump of the server's version; where it is missing the proof says what wasn't looked at.</param>
    public async Task<Proof> CheckAsync(BackupManifest manifest, (ProgramDoor Door, PostgresPrograms Programs)? reader, CancellationToken cancellationToken)
    {
        const string again = "Take another backup. Look at the disk: it lost or changed something.";
        try
        {
            var listed = await ServerManifest.ReadAsync(copy, cancellationToken);
            var wrong = await WrongAsync(listed, cancellationToken);
            if (wrong.Count > 0)
                return Proof.Missing($"The copy differs from what the server sent: {string.Join(", ", wrong.Take(5))}.", again);
            var files = $"{Counted.Of(listed.Files.Count, "file matches", "files match")} the server's own checksums";
            if (reader is not { } with)
                return Proof.That($"{files}; its log was not read (no pg_waldump of its version here)");
            return await UnreadableLogAsync(manifest, listed, with.Door, with.Programs, cancellationToken) is { } broken
                ? Proof.Missing($"The server's log in the copy can't be read up to {manifest.Point?.Lsn}: {broken}", again)
                : Proof.That($"{files}, and its log reads up to {manifest.Point?.Lsn}");
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or JsonException or ZstdSharp.ZstdException)
        {
            return Proof.Missing($"The copy can't be read: {problem.Message}", again);
        }
    }

    private async Task<IReadOnlyList<string>> WrongAsync(ServerManifest listed, CancellationToken cancellationToken)
    {
        var left = new Dictionary<string, string>(listed.Files, StringComparer.Ordinal);
        var wrong = new List<string>();
        foreach (var archive in BackupArchive.Of(copy))
        {
            await foreach (var (name, digest) in archive.DigestsAsync(cancellationToken))
            {
                if (!left.Remove(name, out var expected))
                    wrong.Add($"{name} was not listed");
                else if (expected != digest)
                    wrong.Add($"{name} has other content");
            }
        }
        return [.. wrong, .. left.Keys.Select(name => $"{name} is missing")];
    }

    private async Task<string?> UnreadableLogAsync(BackupManifest manifest, ServerManifest listed, ProgramDoor door, PostgresPrograms programs, CancellationToken cancellationToken)
    {
        foreach (var range in listed.Ranges)
        {
            // The last range goes on to the snapshot's place.
            var end = range == listed.Ranges[^1] && manifest.Point is { } point ? LogSegments.EndBefore(point.Lsn) : range.End;
            // Statistics: a line for each kind of record instead of one for each record.
            var result = await door.RunAsync(programs["pg_waldump"],
                [$"--path={log}", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"--timeline={range.Timeline}"), $"--start={range.Start}", $"--end={end}", "--stats=rmgr"],
                new Dictionary<string, string?>(), null, cancellationToken);
            if (result.ExitCode != 0)
                return result.Error.Trim();
        }
        return null;
    }
}
