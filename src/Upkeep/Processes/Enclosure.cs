using System.Globalization;

namespace Upkeep.Processes;

/// <summary>
/// Holds a program together with all that it starts, so that nothing outlives it: neither what ignores SIGTERM, nor what leads a session of its own,
/// nor what was orphaned. Where the kernel lets us, in a process namespace, which ends as a whole with its first process, even when we are killed
/// ourselves; else by a mark in the environment that children inherit.
/// </summary>
internal sealed class Enclosure
{
    private const string Mark = "UPKEEP_ENCLOSURE";
    private const int Sigkill = 9;
    private const int Sigterm = 15;

    // Whoever forks while being looked for is found in the next round.
    private const int MostRounds = 100;
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(100);

    // The first process of a namespace: it takes in orphans, hands SIGTERM on to everybody, and ends with the program's own status.
    private const string First = """
        "$@" & child=$!
        trap 'kill -TERM -1 2>/dev/null' TERM
        wait $child 2>/dev/null; status=$?
        while kill -0 $child 2>/dev/null; do wait $child 2>/dev/null; status=$?; done
        exit $status
        """;

    private readonly bool _bySpace;
    private readonly string _mark;

    private Enclosure(bool bySpace)
    {
        _bySpace = bySpace;
        _mark = Guid.NewGuid().ToString("N");
    }

    /// <summary>unshare(1) with what it needs here; as an ordinary user a namespace of users has to come with it.</summary>
    public static IReadOnlyList<string> Unshare { get; } =
        ["unshare", .. Environment.IsPrivilegedProcess ? Array.Empty<string>() : ["--user", "--map-current-user"], "--pid", "--fork", "--kill-child", "--mount-proc", "--"];

    /// <param name="bySpace">Whether a process namespace can be had.</param>
    public static Enclosure Of(bool bySpace) => new(bySpace);

    /// <summary>To be set in the program's environment.</summary>
    public KeyValuePair<string, string?> Variable => new(Mark, _mark);

    /// <param name="merged">Standard error goes where standard output does.</param>
    public IReadOnlyList<string> Around(string program, IReadOnlyList<string> arguments, bool merged)
    {
        // The shell reads none of the program's words as a script.
        var script = (merged ? "exec 2>&1\n" : "") + (_bySpace ? First : """exec "$@" """);
        return [.. _bySpace ? Unshare : [], "sh", "-c", script, "sh", program, .. arguments];
    }

    /// <summary>Where no namespace ends with the program, what it left is ended as soon as it is gone: it may hold on to the output that we read to its end.</summary>
    public IDisposable? Watch(int leader, TimeProvider time)
    {
        if (_bySpace)
            return null;
        var identity = ProcessIdentity.Of(leader);
        return time.CreateTimer(_ =>
        {
            if (identity is not { IsAlive: true })
                Kill();
        }, null, _look, _look);
    }

    public void Terminate()
    {
        if (!_bySpace)
            Give(Sigterm);
    }

    public void Kill()
    {
        for (var round = 0; !_bySpace && round < MostRounds && Give(Sigkill) > 0; round++)
        {
        }
    }

    private int Give(int signal)
    {
        var given = 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != Environment.ProcessId && IsMarked(folder) && ProcessSignal.Give(id, signal))
                given++;
        }
        return given;
    }

    private bool IsMarked(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "environ")).Contains($"{Mark}={_mark}", StringComparison.Ordinal);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Gone, or another user's, and so not of ours.
            return false;
        }
    }
}
