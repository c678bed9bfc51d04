namespace SceneScout.Site;

/// <summary>
/// Whoever started us holds the other end of our standard input. The system closes it when they end, however they end: that is our
/// sign to stop as well, and needs no process ids.
/// </summary>
internal static class Parent
{
    /// <summary>Said by a parent that means us to go on without it.</summary>
    private const string Stay = "stay";

    /// <returns>A source that is cancelled when standard input ends, besides by <paramref name="cancellationToken"/>.</returns>
    public static CancellationTokenSource StopsWithUs(Stream input, CancellationToken cancellationToken)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ = WatchAsync(new StreamReader(input), source);
        return source;
    }

    private static async Task WatchAsync(StreamReader input, CancellationTokenSource source)
    {
        while (await input.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (line == Stay)
                return;
        }
        await source.CancelAsync();
    }
}
