using Upkeep.Processes;

namespace Upkeep.Host.SecurityUpdates;

/// <summary>apt's and dpkg's programs: nothing they start asks a question, and what they say is in English, because it is read.</summary>
public sealed class PackageTools(ProgramDoor programs, TimeProvider time)
{
    /// <summary>What isn't there ends with this.</summary>
    public const int NotThere = 127;

    // sudo lets no variable through: env(1) sets them behind it. needrestart would restart services on its own (l: list only), and ucf asks in its own way.
    private static readonly string[] _quiet =
        ["LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", "APT_LISTCHANGES_FRONTEND=none", "NEEDRESTART_MODE=l", "UCF_FORCE_CONFFOLD=1"];

    // Where sudoers sets no path of its own (secure_path), the caller's would decide which apt-get root runs.
    private const string RootsPath = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";

    // The first standard output that closes must not be the package manager's: what it starts would die of writing to nobody. And it outlives
    // us: the session that is ended with us is only the one that waits.
    private const string IntoFile = """exec "$@" </dev/null >>"$0" 2>&1""";

    /// <summary>Variables besides our own.</summary>
    public IReadOnlyDictionary<string, string?> Variables { get; init; } = new Dictionary<string, string?>();

    /// <summary>Whether we may change the machine's packages without anybody's leave.</summary>
    public bool IsRoot { get; init; } = Environment.IsPrivilegedProcess;

    public TimeProvider Time => time;

    /// <summary>Asks something; changes nothing.</summary>
    public Task<ProgramResult> AskAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        programs.RunAsync("env", [.. _quiet, program, .. arguments], Variables, null, cancellationToken);

    /// <summary>The same with a folder to work in.</summary>
    public Task<ProgramResult> AskInAsync(string folder, string program, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        programs.RunAsync("env", ["-C", folder, .. _quiet, program, .. arguments], Variables, null, cancellationToken);

    /// <summary>
    /// Changes something, as root. Where we are ended meanwhile it goes on to its own end: a package manager that is cut off leaves packages half
    /// installed, and one that is waited for does not.
    /// </summary>
    /// <param name="log">Gets what it says, behind what is there already.</param>
    public Task<ProgramResult> ChangeAsync(string log, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        AptLog.Begin(log, command);
        return programs.RunAsync("setsid", ["--fork", "--wait", "--", "sh", "-c", IntoFile, log, .. AsRoot(command)], Variables, null, cancellationToken);
    }

    /// <summary>Changes something, as root, and hears what is said.</summary>
    public Task<ProgramResult> ChangeAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var (program, arguments) = (AsRoot(command)[0], AsRoot(command)[1..]);
        return programs.RunAsync(program, arguments, Variables, null, cancellationToken);
    }

    /// <summary>Whether we may call this as root: we are, or sudo lets us without a password.</summary>
    public async Task<bool> MayAsync(IReadOnlyList<string> command, CancellationToken cancellationToken) =>
        IsRoot || (await programs.RunAsync("sudo", ["-n", "-l", .. Quietly(command)], Variables, null, cancellationToken)).ExitCode == 0;

    /// <summary>The whole command as sudo is to allow it.</summary>
    public static IReadOnlyList<string> Quietly(IReadOnlyList<string> command) => ["/usr/bin/env", RootsPath, .. _quiet, .. command];

    private string[] AsRoot(IReadOnlyList<string> command) => IsRoot ? ["env", .. _quiet, .. command] : ["sudo", "-n", .. Quietly(command)];

    /// <summary>Where a program is, by the path that ours are looked for in; null where it isn't.</summary>
    public string? Find(string program) =>
        SearchPath.Find(program, Variables.GetValueOrDefault("PATH"));
}
