using Npgsql;
using Upkeep.Journal;
using Upkeep.Postgres;
using Upkeep.Running;

namespace Upkeep.Database.Retention;

/// <summary>What time it is for retention: of our clock and the server's, the earlier, for a clock that runs ahead would remove what should stay.</summary>
internal static class RetentionClock
{
    private static readonly TimeSpan _tolerated = TimeSpan.FromMinutes(1);

    public static async Task<DateTimeOffset> NowAsync(NpgsqlConnection session, TimeProvider time, StepContext context, CancellationToken cancellationToken)
    {
        var server = new DateTimeOffset(await session.ScalarAsync<DateTime>("select clock_timestamp()", cancellationToken), TimeSpan.Zero);
        var ours = time.GetUtcNow();
        var skew = server - ours;
        if (skew.Duration() > _tolerated)
        {
            context.Raise(Severity.Warning, "clock-skew",
                $"The server's clock says {server:yyyy-MM-dd HH:mm:ss}Z, ours {ours:yyyy-MM-dd HH:mm:ss}Z: {skew.Duration().TotalMinutes:0} min apart. Ages are counted from the earlier.",
                null, "Mend the clock that is wrong (chronyc tracking, timedatectl).");
        }
        return skew < TimeSpan.Zero ? server : ours;
    }
}
