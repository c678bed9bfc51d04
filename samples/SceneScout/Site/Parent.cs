namespace SceneScout.Site;

/// <summary>
/// Whoever started us holds the other end of our standard input. The system closes it when they end, however they end: that is our
/// sign to stop as well, and needs no process ids.
/// </summary>
internal static class Parent
{
    /// <returns>A source that is cancelled when standard input ends, besides by <paramref name="cancellationToken"/>.</returns>
    public static CancellationTokenSource StopsWithUs(Stream input, CancellationToken cancellationToken)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ = WatchAsync(input, source);
        return source;
    }

    private static async Task WatchAsync(Stream input, CancellationTokenSource source)
    {
        var buffer = new byte[256];
        while (await input.ReadAsync(buffer, CancellationToken.None) > 0)
        {
        }
        await source.CancelAsync();
    }
}
