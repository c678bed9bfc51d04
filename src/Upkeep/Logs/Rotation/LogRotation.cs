using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Logs.Logrotate;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Logs.Rotation;

/// <summary>Rotates a log the way that fits it. One that a killed rotation left half-way is finished first.</summary>
public sealed class LogRotation(ProgramDoor programs, LogrotateNeighbour logrotate, TimeProvider time)
{
    private readonly CollapseRotation _collapse = new(time);
    private readonly RenameRotation _rename = new(new Reopening(programs, time), time);
    private readonly TruncateRotation _truncate = new(time);

    /// <summary>Rotates it, where it is large or old enough.</summary>
    /// <returns>What was archived and what a person should know. Nothing of the log's lines is lost, whatever the problem is.</returns>
    public async Task<RotationOutcome> RotateAsync(RotationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var earlier = RotationOutcome.Told();
        if (Clash(request) is { } clash)
            return RotationOutcome.Failed(clash);
        try
        {
            using var only = await RotationLock.TakeAsync(request.Folder, time, cancellationToken);
            using var quiet = logrotate.Of(request.Path) is null ? null : await logrotate.HoldAsync(cancellationToken);
            earlier = CollapseRotation.Finish(request);
            earlier = TruncateRotation.Finish(request).After(earlier);
            earlier = (await _rename.FinishAsync(request, cancellationToken)).After(earlier);
            if (earlier.Problem is not null)
                return earlier;
            ArchiveName.Sweep(request);
            var facts = FileFacts.Of(request.Path);
            if (LogFile.Unfit(request.Path, facts) is { } unfit)
                return RotationOutcome.Failed(unfit).After(earlier);
            return (IsDue(request, facts!) ? await ByAsync(request, facts!, cancellationToken) : RotationOutcome.Nothing(NotDue(request, facts!))).After(earlier);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return RotationOutcome.Failed(new Problem($"{request.Path} was not rotated: {problem.Message}",
                (problem as IHinted)?.Hint ?? "The log has lost nothing. Mend what is said, and repeat: it goes on from where it was.")).After(earlier);
        }
    }

    /// <summary>What would be done with a log now; nothing is changed.</summary>
    public LogLook Look(RotationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Clash(request) is { } clash)
            return new LogLook(request.Path, request.Way, 0, false, clash);
        try
        {
            var facts = FileFacts.Of(request.Path);
            // What was begun with a log that is gone since is finished all the same: its lines may be in a copy only.
            if (facts is null && Directory.Exists(request.Folder) && IsUnfinished(request))
                return new LogLook(request.Path, request.Way, 0, true, null);
            if (LogFile.Unfit(request.Path, facts) is { } unfit)
                return new LogLook(request.Path, request.Way, facts?.Size ?? 0, false, unfit);
            if (!Directory.Exists(request.Folder))
                return new LogLook(request.Path, request.Way, facts!.Size, false, new Problem($"There is no folder {request.Folder} for the archives of {request.Path}.", "Make it, for the user who may read the logs."));
            var way = WayOf(request, facts!);
            using (LogFile.Open(request.Path, facts!, FileAccess.Read))
            {
                // Only whether it can be read.
            }
            return new LogLook(request.Path, way, facts!.Size, IsUnfinished(request) || IsDue(request, facts), way switch
            {
                LogWay.Collapse => CollapseRotation.Unfit(request.Path, facts),
                LogWay.Truncate => LogFile.Positioned(request.Path, facts),
                _ => null,
            });
        }
        catch (RotationNoteException problem)
        {
            return new LogLook(request.Path, request.Way, 0, false, new Problem($"{request.Path} can't be rotated: {problem.Message}", problem.Hint));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new LogLook(request.Path, request.Way, 0, false, new Problem($"{request.Path} can't be looked at: {problem.Message}", "Run it as the log's owner or as root."));
        }
    }

    private static Problem? Clash(RotationRequest request) => request.Namesake is not { } other ? null
        : new Problem($"{request.Path} has the name of {other}, and both have their archives in {request.Folder}, where nobody could tell them apart.", "Give one of the logs another name, or leave archives: out, so that each log's are beside it.");

    private async Task<RotationOutcome> ByAsync(RotationRequest request, FileFacts facts, CancellationToken cancellationToken) => WayOf(request, facts) switch
    {
        LogWay.Rename => await _rename.RotateAsync(request, facts, cancellationToken),
        LogWay.Truncate => _truncate.Rotate(request, facts, cancellationToken),
        _ => _collapse.Rotate(request, facts, cancellationToken),
    };

    // Where a front can't be let go of and nobody writes at this moment, the log can be renamed without anybody being told.
    private static LogWay WayOf(RotationRequest request, FileFacts facts) => request.Way switch
    {
        LogWay.Auto when request.Reopen is not null => LogWay.Rename,
        LogWay.Auto => !FrontOfFile.CanCollapse(Path.GetDirectoryName(request.Path)!, facts.BlockSize) && LogFile.Writers(request.Path, facts) is { Held: false, Unknown: null } ? LogWay.Rename : LogWay.Collapse,
        var way => way,
    };

    private static bool IsUnfinished(RotationRequest request) =>
        CollapseIntent.Left(request.Path, request.Folder).Count + RenameIntent.Left(request.Path, request.Folder).Count + TruncateIntent.Left(request.Path, request.Folder).Count + RenameIntent.Strays(request.Path, RenameIntent.Left(request.Path, request.Folder)).Count > 0;

    private bool IsDue(RotationRequest request, FileFacts facts) =>
        facts.Size > 0 && (facts.Size >= request.MinSize || (request.MaxAge is { } most && LastRotated(request, facts) is { } last && time.GetUtcNow() - last >= most));

    private static string NotDue(RotationRequest request, FileFacts facts) => facts.Size == 0 ? "it is empty"
        : $"it has {Amount.Bytes(facts.Size)}, under the {Amount.Bytes(request.MinSize)} that it is to have{(request.MaxAge is { } most ? $", and was rotated within {Amount.Duration(most)}" : "")}";

    // By the newest archive's own date; of one that never was, since it was made.
    private static DateTimeOffset? LastRotated(RotationRequest request, FileFacts facts)
    {
        var name = Path.GetFileName(request.Path);
        var days = Directory.EnumerateFiles(request.Folder, name + "-*").Select(file => Path.GetFileNameWithoutExtension(file)[name.Length..]).Where(ArchiveName.IsDated)
            .Select(rest => DateTimeOffset.TryParseExact(rest.AsSpan(1, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) ? day : DateTimeOffset.MinValue).ToList();
        return days.Count > 0 ? days.Max() : facts.Born;
    }
}

/// <summary>A log as it is before it is rotated.</summary>
/// <param name="Way">How it would be rotated.</param>
/// <param name="IsDue">Whether it is large or old enough.</param>
/// <param name="Problem">Why it can't be rotated.</param>
public sealed record LogLook(string Path, LogWay Way, long Bytes, bool IsDue, Problem? Problem);
