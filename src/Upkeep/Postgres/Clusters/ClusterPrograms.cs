using Upkeep.Processes;

namespace Upkeep.Postgres.Clusters;

/// <summary>Runs the server's programs, as the user that the server runs as.</summary>
/// <param name="bin">The folder that holds them.</param>
internal sealed class ClusterPrograms(ProgramDoor programs, string bin, ClusterAccount? account)
{
    public string Bin { get; } = bin;

    public ClusterAccount? Account { get; } = account;

    /// <summary>How far the programs stand back behind others (<see cref="Courtesy"/>); the server inherits it.</summary>
    public int Nice { get; init; }

    public Task<ProgramResult> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        RunAsServerAsync(Path.Combine(Bin, program), arguments, cancellationToken);

    /// <exception cref="ClusterException">It ended with another status than 0.</exception>
    public async Task MustAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        Must(program, await RunAsync(program, arguments, cancellationToken));

    /// <summary>Makes a folder that belongs to the server's user.</summary>
    public async Task MakeFolderAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await OwnAsync(folder, cancellationToken);
    }

    /// <summary>Gives a file or folder, with all that is below, to the server's user.</summary>
    public async Task OwnAsync(string path, CancellationToken cancellationToken)
    {
        if (Account is not null)
            Must("chown", await programs.RunAsync("chown", ["-R", Account.Owner, path], Clean, null, cancellationToken));
    }

    /// <summary>Whether the server's user can get to a folder: root's own, for example, is closed to it.</summary>
    public async Task<bool> CanReachAsync(string folder, CancellationToken cancellationToken) =>
        (await RunAsServerAsync("test", ["-x", folder], cancellationToken)).ExitCode == 0;

    /// <summary>Runs any program as the server's user.</summary>
    public Task<ProgramResult> RunAsServerAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        RunAsServerAsync(new ProgramCall(program, arguments, Clean) { Nice = Nice }, cancellationToken);

    /// <summary>Runs any program as the server's user.</summary>
    public Task<ProgramResult> RunAsServerAsync(ProgramCall call, CancellationToken cancellationToken) => programs.RunAsync(
        Account is null ? call : call with { Program = "setpriv", Arguments = Account.BoundPrefix(call.Program, call.Arguments) }, cancellationToken);

    private static void Must(string program, ProgramResult result)
    {
        if (result.ExitCode != 0)
        {
            throw new ClusterException($"{program} ended with status {result.ExitCode}: {result.Error.Trim()} {result.Output.Trim()}".TrimEnd(),
                "Look whether the disk is full and the server's programs are whole.");
        }
    }

    // The operator's own PG* variables must not reach a cluster that isn't theirs. What the programs say is read, so it is English.
    private static Dictionary<string, string?> Clean { get; } =
        new[] { "PGDATA", "PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSERVICE", "PGOPTIONS" }.ToDictionary(name => name, name => (string?)null)
            .Append(new("LC_MESSAGES", "C")).ToDictionary();
}
