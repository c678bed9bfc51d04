using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Logs.Rotation;

/// <summary>Tells the writers of a log to open it anew: by a signal, a command, or a unit of systemd.</summary>
internal sealed class Reopening(ProgramDoor programs, TimeProvider time)
{
    private const int LongestPid = 20;
    private static readonly Dictionary<string, string?> _nothingMore = [];

    /// <summary>Why the writers can't be told, before anything is renamed: a signal ends a process that does nothing of its own on it.</summary>
    /// <param name="writers">Those who have the log open, as far as they are seen.</param>
    public static Problem? Obstacle(ReopenSettings how, string path, IReadOnlyList<FileWriter> writers)
    {
        if (how.Signal is not { } signal)
            return null;
        var (processes, problem) = Told(how, path, writers);
        if (problem is not null)
            return problem;
        return processes.FirstOrDefault(process => !ProcessSignal.Catches(process, Number(signal))) is var deaf and not 0
            ? new Problem($"Process {deaf} does nothing of its own on SIG{Name(signal)}: the signal would end it.", how.PidFile is null
                ? "Name another signal, or the file with the id of the process that understands it (pidFile)."
                : $"Look whether {how.PidFile} names the right process, and which signal it opens its log anew on.")
            : null;
    }

    /// <summary>Tells them.</summary>
    /// <returns>What kept them from being told.</returns>
    public async Task<Problem?> TellAsync(ReopenSettings how, string path, IReadOnlyList<FileWriter> writers, CancellationToken cancellationToken)
    {
        if (how.Signal is { } signal)
        {
            if (Obstacle(how, path, writers) is { } obstacle)
                return obstacle;
            return Told(how, path, writers).Processes.FirstOrDefault(process => !ProcessSignal.Give(process, Number(signal))) is var missed and not 0
                ? new Problem($"SIG{Name(signal)} could not be sent to process {missed}.", "Run it as root, or as the user whose process it is.") : null;
        }
        string[] command = how.Unit is { } unit ? ["systemctl", "reload", unit] : [.. how.Command];
        using var bound = new CancellationTokenSource(how.Wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            var result = await programs.RunAsync(command[0], command[1..], _nothingMore, null, either.Token);
            return result.ExitCode == 0 ? null : new Problem($"{string.Join(' ', command)}: {result.Told(command[0])}.", "Run it by hand; it must end with status 0 when the writer was told.");
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new Problem($"{string.Join(' ', command)} had not ended after {Amount.Duration(how.Wait)}, and was ended.", "Run it by hand to see what it waits for.");
        }
    }

    private static (IReadOnlyList<int> Processes, Problem? Problem) Told(ReopenSettings how, string path, IReadOnlyList<FileWriter> writers)
    {
        if (how.PidFile is null)
        {
            return writers.Count > 0 ? ([.. writers.Select(writer => writer.Process).Distinct()], null)
                : ([], new Problem($"Somebody has {path} open for writing whom we may not see, and so can't signal.", "Run it as root, or name the file with the writer's process id (pidFile)."));
        }
        return InPidFile(how.PidFile) switch
        {
            (var id, null) => ([id], null),
            (_, var wrong) => ([], new Problem($"{how.PidFile} names no process that runs: {wrong}.", "Look whether the writer runs, and where it writes its process id.")),
        };
    }

    private static (int Process, string? Wrong) InPidFile(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path).Trim();
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return (0, "there is no such file");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return (0, $"it can't be read ({problem.Message})");
        }
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id <= 1)
            return (0, $"'{(text.Length > LongestPid ? text[..LongestPid] + "…" : text)}' is no process id of a writer");
        return ProcessIdentity.Of(id) is null ? (0, $"no process {text} runs") : (id, null);
    }

    private static string Name(ReopenSignal signal) => signal.ToString().ToUpperInvariant();

    private static int Number(ReopenSignal signal) => signal switch
    {
        ReopenSignal.Hup => 1,
        ReopenSignal.Usr1 => 10,
        _ => 12,
    };
}
