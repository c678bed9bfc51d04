using Upkeep.Postgres;

namespace Upkeep.Bench;

/// <summary>An ALTER TABLE in the middle, and inserts that queue up behind it: the longest waits, beside our step and the plain statement.</summary>
internal static class DdlBench
{
    public static async Task RunAsync(Server server, int rounds)
    {
        Console.WriteLine("| round | side | ALTER TABLE waited ms | longest insert ms |");
        Console.WriteLine("|---|---|---|---|");
        var sides = new (string Name, Func<string, Task> Work)[]
        {
            ("one DELETE per table", name => Plain.OneDeletePerTableAsync(server, name)),
            ("upkeep, gentle", name => server.RetentionAsync(name, archive: true, throttled: true)),
            ("upkeep, unthrottled", name => server.RetentionAsync(name, archive: true, throttled: false)),
        };
        var waits = sides.ToDictionary(side => side.Name, _ => new List<(TimeSpan Alter, TimeSpan Insert)>());
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var side in sides)
                waits[side.Name].Add(await SideAsync(server, round, side.Name, side.Work));
        }
        double Median(string side, Func<(TimeSpan Alter, TimeSpan Insert), TimeSpan> of) => RetentionBench.Median(waits[side], of);
        foreach (var side in sides.Skip(1))
            Console.WriteLine(FormattableString.Invariant($"{side.Name} over {sides[0].Name}, medians: ALTER TABLE {Median(side.Name, one => one.Alter) / Median(sides[0].Name, one => one.Alter):0.00}, longest insert {Median(side.Name, one => one.Insert) / Median(sides[0].Name, one => one.Insert):0.00}"));
    }

    private static async Task<(TimeSpan Alter, TimeSpan Insert)> SideAsync(Server server, int round, string side, Func<string, Task> work)
    {
        var name = await server.CopyAsync();
        using var end = new CancellationTokenSource();
        var inserts = LongestInsertAsync(server, name, end.Token);
        var working = Task.Run(() => work(name));
        await using var session = await server.OpenAsync(name);
        while (!await session.ScalarAsync<bool>("select exists (select from pg_locks where relation = 'public.api_logs'::regclass and mode = 'RowExclusiveLock' and pid in (select pid from pg_stat_activity where query ~* 'delete'))", CancellationToken.None))
            await Task.Yield();
        await Task.Delay(TimeSpan.FromMilliseconds(150), TimeProvider.System);
        var started = TimeProvider.System.GetTimestamp();
        await session.ExecuteAsync("alter table public.api_logs alter column user_agent set default 'none'", CancellationToken.None);
        var waited = TimeProvider.System.GetElapsedTime(started);
        await working;
        await end.CancelAsync();
        var longest = await inserts;
        Console.WriteLine($"| {round} | {side} | {waited.TotalMilliseconds:0} | {longest.TotalMilliseconds:0} |");
        await server.DropAsync(name);
        return (waited, longest);
    }

    private static async Task<TimeSpan> LongestInsertAsync(Server server, string name, CancellationToken end)
    {
        await using var session = await server.OpenAsync(name);
        var longest = TimeSpan.Zero;
        while (!end.IsCancellationRequested)
        {
            var started = TimeProvider.System.GetTimestamp();
            await session.ExecuteAsync("insert into public.api_logs (created_at, endpoint, method, status, duration_ms) values (now(), '/live', 'GET', 200, 1)", CancellationToken.None);
            var took = TimeProvider.System.GetElapsedTime(started);
            longest = took > longest ? took : longest;
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, CancellationToken.None);
        }
        return longest;
    }
}
