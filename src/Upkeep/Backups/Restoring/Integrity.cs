using System.Globalization;
using Npgsql;
using Upkeep.Postgres;
using Upkeep.Processes;

namespace Upkeep.Backups.Restoring;

/// <summary>
/// Looks through every index and every heap of a restored copy with the project's own program, pg_amcheck: it knows what each version can
/// check (TOAST and catalogs too), works in parallel, and puts its extension into the scratch database only.
/// </summary>
public sealed class Integrity(ProgramDoor door, int jobs, int nice)
{
    private const int MostNamed = 5;

    // The first version with pg_amcheck and a check of heaps.
    private const int Since = 14;

    // pg_amcheck's own status for "looked, and found damage".
    private const int Damaged = 2;

    public async Task<ProofFindings> CheckAsync(RestoredCopy copy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(copy);
        const string unproven = "indexes and heaps were not checked";
        await using var connection = await copy.Door.OpenAsync(cancellationToken);
        // Where nothing could ever be looked through, rows that are all there and equal have to do, or no backup would ever expire.
        if (connection.PostgreSqlVersion.Major < Since)
            return ProofFindings.Unproven($"{unproven}: pg_amcheck needs a server of version {Since}, the scratch server has {connection.PostgreSqlVersion}");
        var program = Path.Combine(copy.Cluster.ProgramFolder, "pg_amcheck");
        if (!File.Exists(program))
            return ProofFindings.Incomplete($"{unproven}: there is no pg_amcheck in {copy.Cluster.ProgramFolder} (Debian: apt-get install postgresql-client-{connection.PostgreSqlVersion.Major})");
        if (!await connection.ScalarAsync<bool>("select exists (select from pg_available_extensions where name = 'amcheck')", cancellationToken))
            return ProofFindings.Incomplete($"{unproven}: the server's contrib module amcheck isn't installed (Debian: apt-get install postgresql-contrib)");

        // The database by the environment, which names it as it is: the option takes a pattern, in which capitals and quotes mean something.
        var environment = new Dictionary<string, string?>(LibpqEnvironment.For(copy.Door.Settings, connection, DatabaseDoor.ApplicationName)) { ["PGDATABASE"] = copy.Database };
        // heapallindexed: every row is in every index; parent-check: the tree's levels agree. It locks writers out, and a copy has none.
        var result = await door.RunAsync(new ProgramCall(program,
        [
            "--install-missing", "--heapallindexed", "--parent-check", "--no-password",
            string.Create(CultureInfo.InvariantCulture, $"--jobs={Math.Max(1, jobs)}"),
        ], environment) { Nice = nice }, cancellationToken);
        return result.ExitCode switch
        {
            0 => ProofFindings.None,
            Damaged => ProofFindings.Wrong(Told(result.Output)),
            _ => ProofFindings.Incomplete($"{unproven}: pg_amcheck ended with status {result.ExitCode}: {result.Error.Trim()}"),
        };
    }

    // A line names the relation, the indented one below it says what is wrong there.
    private static List<string> Told(string output)
    {
        var damages = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(new List<string>(), (told, line) =>
            {
                if (told.Count > 0 && char.IsWhiteSpace(line[0]))
                    told[^1] += " " + line.Trim();
                else
                    told.Add(line.Trim());
                return told;
            });
        return damages.Count <= MostNamed ? damages : [.. damages.Take(MostNamed), $"{damages.Count - MostNamed} more damages"];
    }
}
