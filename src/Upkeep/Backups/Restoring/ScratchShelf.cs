namespace Upkeep.Backups.Restoring;

/// <summary>
/// Where a restored copy waits for the next step of the same run that can use it, so that a backup is restored once a week and not twice.
/// What nobody takes goes with the run.
/// </summary>
public sealed class ScratchShelf : IAsyncDisposable
{
    private RestoredCopy? _copy;

    /// <summary>Puts a copy down; one that lay there goes.</summary>
    public async Task PutAsync(RestoredCopy copy)
    {
        if (Interlocked.Exchange(ref _copy, copy) is { } before)
            await before.DisposeAsync();
    }

    /// <summary>Takes the copy of a backup, which is the caller's then; null where there is none.</summary>
    public async Task<RestoredCopy?> TakeAsync(string backup)
    {
        if (Interlocked.Exchange(ref _copy, null) is not { } copy)
            return null;
        if (copy.Backup == backup)
            return copy;
        await copy.DisposeAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _copy, null) is { } copy)
            await copy.DisposeAsync();
    }
}
