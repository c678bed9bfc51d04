using System.Globalization;
using Upkeep.CrashHost;

// A process for tests that need one to die. Its own program, so that the product has no seam for being killed.
//   run ROOT N after|before   a small maintenance run that kills itself at the N-th fact (0: never)
//   hold ROOT                 holds the run lock until it is killed or its input ends
switch (args)
{
    case ["run", var root, var fact, var side]:
        var death = new Death(CrashRun.JournalPath(root), int.Parse(fact, CultureInfo.InvariantCulture), side == "after");
        await CrashRun.RunAsync(root, death, CancellationToken.None);
        return 0;
    case ["hold", var root]:
        return CrashRun.Hold(root, Console.In, Console.Out);
    default:
        return 2;
}
