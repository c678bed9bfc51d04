using Npgsql;
using SceneScout;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
return await Guarded(() => Commands.Root(TimeProvider.System).RunAsync(args, stop.Token));

// What the caller can mend is told in one line; anything else keeps its stack for whoever has to mend the program.
static async Task<int> Guarded(Func<Task<int>> command)
{
    try
    {
        return await command();
    }
    catch (ScoutException problem)
    {
        Console.Error.WriteLine($"scenescout: {problem.Message}");
        return 2;
    }
    catch (NpgsqlException problem)
    {
        Console.Error.WriteLine($"scenescout: the database said no: {problem.Message}");
        return 1;
    }
    catch (OperationCanceledException)
    {
        return 130;
    }
}
