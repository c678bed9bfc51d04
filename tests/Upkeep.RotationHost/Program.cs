using Upkeep.Logs.Rotation;

// A process to be killed: writes numbered lines to its output as a service does, or into a file of its own, or rotates a log over and over.
var (what, log) = (args[0], args[1]);
if (what is "write" or "own")
{
    using var output = what == "own" ? new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite) : Console.OpenStandardOutput();
    for (var line = 0; line < int.Parse(args[3], System.Globalization.CultureInfo.InvariantCulture); line++)
    {
        output.Write(System.Text.Encoding.ASCII.GetBytes($"{args[2]} {line}\n"));
        output.Flush();
    }
    if (what == "own")
        Console.In.ReadLine();
    return 0;
}
var rotation = new CollapseRotation(TimeProvider.System);
while (true)
{
    var (done, problem) = rotation.Rotate(new RotationRequest(log, args[2]), CancellationToken.None);
    if (problem is not null)
    {
        Console.Error.WriteLine($"{problem.What} {problem.Hint}");
        return 4;
    }
    Console.WriteLine(done.Count);
}
