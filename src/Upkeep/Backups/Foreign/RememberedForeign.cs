namespace Upkeep.Backups.Foreign;

/// <summary>Keeps what was found in a folder for the next step of the same run: to recognise a dump means to read it to its end.</summary>
internal sealed class RememberedForeign(FindForeign find, TimeProvider time)
{
    private static readonly TimeSpan _fresh = TimeSpan.FromHours(1);

    private readonly Dictionary<string, (long At, IReadOnlyList<ForeignBackup> Found)> _found = new(StringComparer.Ordinal);

    /// <inheritdoc cref="FindForeign"/>
    public async Task<IReadOnlyList<ForeignBackup>> FindAsync(string folder, CancellationToken cancellationToken)
    {
        if (_found.TryGetValue(folder, out var earlier) && time.GetElapsedTime(earlier.At) < _fresh)
            return earlier.Found;
        var found = await find(folder, cancellationToken);
        _found[folder] = (time.GetTimestamp(), found);
        return found;
    }
}
