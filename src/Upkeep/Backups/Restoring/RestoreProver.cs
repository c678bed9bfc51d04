using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Postgres;
using Upkeep.Postgres.Digests;
using Upkeep.Processes;

namespace Upkeep.Backups.Restoring;

/// <summary>Proves a restored copy: what is in it against what was in the source, every index and heap, constraints, and the application's own questions.</summary>
public sealed class RestoreProver(ProgramDoor door, BackupSettings settings, TimeProvider time)
{
    // Nobody else is on a scratch server; a table that is locked all the same is a fault to be told.
    private static readonly TimeSpan _lockWait = TimeSpan.FromSeconds(10);

    public async Task<ProvenRestore> ProveAsync(RestoredCopy copy, ProofRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(copy);
        ArgumentNullException.ThrowIfNull(request);
        List<RestorePhase> phases = [.. copy.Phases];
        async Task<T> Timed<T>(string name, Task<T> work)
        {
            var started = time.GetTimestamp();
            var result = await work;
            phases.Add(new RestorePhase(name, time.GetElapsedTime(started)));
            return result;
        }

        var found = await Timed("rows and content compared", LikeManifestAsync(copy.Door, request, settings.Jobs, table => request.Moved(table.Name.ToString()), cancellationToken));
        request.Moved("indexes and heaps");
        var integrity = await Timed("indexes and heaps checked", new Integrity(door, settings.Jobs, settings.Restore.Nice).CheckAsync(copy, cancellationToken));
        var constraints = await Timed("constraints checked", DoubtfulAsync(copy, request.IsPhysical, cancellationToken));
        var probes = await Timed("the application's questions", ProbeAsync(copy, cancellationToken));
        await using var connection = await copy.Door.OpenAsync(cancellationToken);
        return new ProvenRestore
        {
            Findings = Compared(request, found).With(integrity).With(constraints).With(Told(probes)).With(ProofFindings.Unproven(request.NotProven)),
            Tables = ProvenTable.Of(request, found),
            Probes = probes,
            Bytes = await connection.ScalarAsync<long>("select pg_database_size(current_database())", cancellationToken),
            ServerVersion = connection.PostgreSqlVersion.ToString(),
            Phases = phases,
        };
    }

    /// <summary>Digests a restored database as its manifest's own digests were made, whatever this build would choose today.</summary>
    internal static Task<DatabaseDigest> LikeManifestAsync(DatabaseDoor door, ProofRequest request, int sessions, Action<DigestTable>? done, CancellationToken cancellationToken) =>
        request.Expected is { Algorithm: var algorithm }
            ? new DigestReader(door).OfDatabaseAsync(algorithm, sessions, _lockWait, done, cancellationToken)
            : new DigestReader(door).OfDatabaseAsync(sessions, _lockWait, done, cancellationToken);

    /// <summary>What the comparison says. Pure.</summary>
    internal static ProofFindings Compared(ProofRequest request, DatabaseDigest found)
    {
        if (request.Expected is not { } expected)
            return Counted(request, found);
        if (expected.Algorithm != found.Algorithm)
            return ProofFindings.Incomplete($"content was not compared: the manifest's digests are of {expected.Algorithm}, the copy's of {found.Algorithm}");
        // Only a superuser may look into large objects; where there are none, or what can't be seen is told below, that is no difference.
        var unseen = found.LargeObjects is null && (expected.LargeObjects is { Objects: 0 } || found.NotCovered.Any(left => left.What == "large objects"));
        var differences = DigestComparison.Of(unseen ? expected with { LargeObjects = null } : expected, found);
        var known = expected.NotCovered.Select(left => left.What).ToHashSet(StringComparer.Ordinal);
        var findings = ProofFindings.Incomplete(found.NotCovered.Where(left => !known.Contains(left.What)).Select(left => $"{left.What}: {left.Reason}"))
            with { Limits = LimitsOf(expected) };
        return request.IsExact
            ? findings.With(ProofFindings.Wrong(differences))
            : findings.With(ProofFindings.Incomplete(differences.Select(difference => $"{difference}: transactions were under way when the backup was taken, so it may be right")));
    }

    /// <summary>What a manifest says that it has no digest of, in the words in which a proof keeps it.</summary>
    internal static IReadOnlyList<string> LimitsOf(DatabaseDigest content) => [.. content.NotCovered.Select(left => $"{left.What}: {left.Reason}")];

    private static ProofFindings Counted(ProofRequest request, DatabaseDigest found)
    {
        var copies = found.Tables.ToDictionary(table => table.Table(), table => table.Rows);
        var differences = request.Counts.Where(count => copies.GetValueOrDefault(count.Key, -1) != count.Value).Select(count => copies.TryGetValue(count.Key, out var rows)
            ? string.Create(CultureInfo.InvariantCulture, $"{count.Key} has {rows} rows where the dump holds {count.Value}")
            : string.Create(CultureInfo.InvariantCulture, $"{count.Key} is missing ({count.Value} rows in the dump)"));
        return ProofFindings.Wrong(differences).With(ProofFindings.Incomplete(request.Counts.Count == 0
            ? "nobody wrote down what was in the source (no manifest), so rows are counted and compared with nothing"
            : "nobody wrote down what was in the source (no manifest): rows are compared with what the dump holds, content with nothing"));
    }

    // A dump names no unusable index, and says NOT VALID where the source did; a physical copy has whatever the source had.
    private static async Task<ProofFindings> DoubtfulAsync(RestoredCopy copy, bool physical, CancellationToken cancellationToken)
    {
        var doubtful = await copy.Door.QueryAsync(Sql.File("Backups/Restoring/doubtful.sql"), row => (
            IsIndex: row.GetString(0) == "index", Table: row.GetString(1), Name: row.GetString(2)), cancellationToken);
        var (indexes, constraints) = (doubtful.Where(one => one.IsIndex).ToList(), doubtful.Where(one => !one.IsIndex).ToList());
        IEnumerable<string> unchecked_ = constraints.Select(one => $"the constraint {one.Name} of {one.Table} is NOT VALID in the source too, so its rows were never checked");
        return ProofFindings.Unproven(unchecked_).With(physical
            ? ProofFindings.Unproven(indexes.Select(one => $"the index {one.Name} of {one.Table} is invalid, as it was in the source"))
            : ProofFindings.Wrong(indexes.Select(one => $"the index {one.Name} of {one.Table} is invalid")));
    }

    private async Task<IReadOnlyList<ProbeAnswer>> ProbeAsync(RestoredCopy copy, CancellationToken cancellationToken)
    {
        if (settings.Restore.Probes.Count == 0)
            return [];
        // The application's questions are its own size; without statistics they could take a wrong way for hours.
        await using (var connection = await copy.Door.OpenAsync(cancellationToken))
            await connection.ExecuteAsync("set statement_timeout = 0; analyze", cancellationToken);
        var answers = new List<ProbeAnswer>();
        foreach (var probe in settings.Restore.Probes)
        {
            var number = await ConfiguredQuery.NumberAsync(copy.Door, probe.Query, cancellationToken);
            answers.Add(new ProbeAnswer(probe.Name, number.Value, probe.AtLeast, number.Problem));
        }
        return answers;
    }

    private static ProofFindings Told(IReadOnlyList<ProbeAnswer> probes) => ProofFindings.Wrong(probes.Where(probe => !probe.Holds).Select(probe => probe.Problem is { } problem
        ? $"the question '{probe.Name}' has no answer: {problem}"
        : string.Create(CultureInfo.InvariantCulture, $"the question '{probe.Name}' is answered with {probe.Value} where at least {probe.AtLeast} is expected")));
}
