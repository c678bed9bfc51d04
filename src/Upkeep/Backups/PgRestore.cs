using System.Globalization;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Backups;

/// <summary>What pg_restore is to do.</summary>
/// <param name="Source">The dump's folder or file.</param>
/// <param name="Environment">Where the server is, as <see cref="Postgres.LibpqEnvironment"/> tells it; its PGDATABASE is restored into.</param>
public sealed record PgRestoreRequest(string Source, string Database, IReadOnlyDictionary<string, string?> Environment, int Jobs)
{
    /// <summary>Further options, for example <c>--no-owner</c>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Writes the archive to pg_restore's standard input, in place of <see cref="Source"/>; then there can be one job only.</summary>
    public Func<Stream, CancellationToken, Task>? Input { get; init; }

    /// <summary>How far it stands back behind others (<see cref="Courtesy"/>).</summary>
    public int Nice { get; init; }

    /// <summary>Hears each line of what pg_restore does.</summary>
    public Action<string>? Heard { get; init; }
}

/// <summary>Runs pg_restore into a database that is there and empty.</summary>
public sealed class PgRestore(ProgramDoor door, DumpPrograms programs)
{
    /// <returns>What went wrong in pg_restore's own words, or null. It stops at the first error: half a restore is none.</returns>
    public async Task<Problem?> RunAsync(PgRestoreRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        string[] jobs = request.Input is null ? [string.Create(CultureInfo.InvariantCulture, $"--jobs={Math.Max(1, request.Jobs)}")] : [];
        string[] source = request.Input is null ? [request.Source] : [];
        string[] arguments = [$"--dbname={request.Database}", .. jobs, "--no-password", "--exit-on-error", "--verbose", .. request.Options, .. source];
        var result = await door.RunAsync(new ProgramCall(programs.Restore, arguments, request.Environment)
        {
            Input = request.Input, ErrorLine = request.Heard, Nice = request.Nice,
        }, cancellationToken);
        return result.ExitCode == 0 ? null : Explain(result);
    }

    private static Problem Explain(ProgramResult result)
    {
        var said = result.Told("pg_restore");
        return new Problem(said, said.Contains("No space left on device", StringComparison.Ordinal)
            ? "The disk is full. Free space there, or name a larger disk under backup: restore: folder."
            : "Look at the backup with: upkeep backup verify");
    }
}
