using Upkeep.Files;

namespace Upkeep.Logs.Rotation;

/// <summary>What becomes of a copy whose log was collapsed or cut, or wasn't.</summary>
internal static class RotationEnd
{
    /// <summary>The log no longer has the lines: their copy gets its name, whoever keeps a record hears of it, and the note goes, in this order.</summary>
    /// <param name="rotated">Asked when the archive has its name.</param>
    public static RotationOutcome Keep(IRotationIntent intent, Func<Rotated> rotated, RotationRequest request, IReadOnlyList<string> notices)
    {
        if (!LogArchive.Name(intent.Part, intent.Archive))
        {
            RotationNote.Remove(intent.File);
            return RotationOutcome.Told([.. notices, LogArchive.Gone(intent.Path, intent.Archive)]);
        }
        Durable.FlushFolder(Path.GetDirectoryName(intent.Archive)!);
        var kept = rotated();
        request.Done?.Invoke(kept);
        RotationNote.Remove(intent.File);
        return RotationOutcome.Finished(kept, notices);
    }

    /// <summary>The log still has every line, or somebody else has taken them: a copy would double them.</summary>
    public static RotationOutcome Forget(IRotationIntent intent)
    {
        // The note first: a copy without one is swept away, a note without a copy would tell of what never was.
        RotationNote.Remove(intent.File);
        File.Delete(intent.Part);
        return RotationOutcome.Told();
    }
}
