using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Upkeep.Configuration;
using Upkeep.Logs.Logrotate;
using Upkeep.Logs.Rotation;
using Upkeep.Processes;
using Upkeep.Redaction;

// A process to be killed: writes numbered lines to its output as a service does, or into a file of its own, or rotates a log over and over.
var (what, log) = (args[0], args[1]);
switch (what)
{
    case "write" or "own":
        using (var output = what == "own" ? new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite) : Console.OpenStandardOutput())
        {
            Lines(args[3], log, args[2], line =>
            {
                output.Write(Encoding.ASCII.GetBytes($"{args[2]} {line}\n"));
                output.Flush();
            });
            if (what == "own")
                Console.In.ReadLine();
        }
        return 0;
    case "reopen":
        Reopen(log, args[2], args[3]);
        return 0;
}

// rotate LOG FOLDER, or rename LOG FOLDER SIGNAL
var rotation = new LogRotation(new ProgramDoor(new Redactor([]), TimeProvider.System), new LogrotateNeighbour("/nowhere", [], TimeProvider.System), TimeProvider.System);
var request = new RotationRequest(log, args[2])
{
    Way = what == "rename" ? LogWay.Rename : LogWay.Collapse,
    Reopen = what == "rename" ? new ReopenSettings { Signal = Enum.Parse<ReopenSignal>(args[3], ignoreCase: true) } : null,
};
while (true)
{
    var (done, problem, _) = await rotation.RotateAsync(request, CancellationToken.None);
    if (problem is not null)
    {
        Console.Error.WriteLine($"{problem.What} {problem.Hint}");
        return 4;
    }
    Console.WriteLine(done.Count);
}

// A number of lines, or as many as come until a file of that name is there; a breath now and then, so that a slow machine can read them all.
// How many is told in LOG.NAME.
static void Lines(string until, string log, string name, Action<int> write)
{
    using var pause = new SemaphoreSlim(0);
    var most = int.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;
    var line = 0;
    for (; line < most && (most != int.MaxValue || line % 50 != 0 || !File.Exists(until)); line++)
    {
        write(line);
        if (most == int.MaxValue && line % 50 == 0)
            pause.Wait(1);
    }
    if (most == int.MaxValue)
        File.WriteAllText($"{log}.{name}", line.ToString(CultureInfo.InvariantCulture));
}

// As a service that opens its log anew on SIGHUP, at the end of a line.
static void Reopen(string log, string name, string until)
{
    var wanted = 0;
    using var told = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
    {
        signal.Cancel = true;
        Interlocked.Exchange(ref wanted, 1);
    });
    var output = Open(log);
    Lines(until, log, name, line =>
    {
        if (Interlocked.Exchange(ref wanted, 0) == 1)
        {
            output.Dispose();
            output = Open(log);
        }
        output.Write(Encoding.ASCII.GetBytes($"{name} {line}\n"));
        output.Flush();
    });
    // The last signal may come after the last line.
    output.Dispose();
}

// .NET's own way to append keeps a position, and would write over what others append.
static FileStream Open(string log) => new(new SafeFileHandle(Native.Open(log, Native.AppendCreate, 0x1a0), ownsHandle: true), FileAccess.Write, bufferSize: 0);

internal static partial class Native
{
    /// <summary>O_WRONLY, O_CREAT, O_APPEND.</summary>
    public const int AppendCreate = 0x441;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Open(string path, int flags, int mode);
}
