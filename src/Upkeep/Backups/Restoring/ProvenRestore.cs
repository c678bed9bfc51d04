using Upkeep.Postgres.Digests;

namespace Upkeep.Backups.Restoring;

/// <summary>What a look at a restored copy showed.</summary>
public sealed record ProvenRestore
{
    public required ProofFindings Findings { get; init; }

    /// <summary>Every table, with what was expected of it and what is there.</summary>
    public required IReadOnlyList<ProvenTable> Tables { get; init; }

    /// <summary>Each of the application's own questions and the copy's answer.</summary>
    public required IReadOnlyList<ProbeAnswer> Probes { get; init; }

    /// <summary>Size of the restored database, in bytes.</summary>
    public required long Bytes { get; init; }

    public required string ServerVersion { get; init; }

    /// <summary>The parts of restore and proof, in order.</summary>
    public required IReadOnlyList<RestorePhase> Phases { get; init; }

    public bool Holds => Findings.Problems.Count == 0;

    /// <summary>Whether everything that has a digest was compared and equal, and every index and heap was looked at.</summary>
    public bool Compared => Holds && Findings.IsComplete;

    public long Rows => Tables.Sum(table => table.Rows ?? 0);

    /// <summary>The record that stays with the backup.</summary>
    public RestoreProof ToProof(string manifestSha256, DateTimeOffset at) => new()
    {
        ManifestSha256 = manifestSha256,
        At = at,
        Holds = Holds,
        Compared = Compared,
        Problems = Findings.Problems,
        NotProven = [.. Findings.NotProven, .. Findings.Limits],
        ServerVersion = ServerVersion,
        Tables = Tables.Count(table => table.Rows is not null),
        Rows = Rows,
        Bytes = Bytes,
        Phases = Phases,
    };
}

/// <summary>One table of a restored copy.</summary>
/// <param name="ExpectedRows">Null where nobody knows.</param>
/// <param name="ExpectedDigest">Null where nobody knows.</param>
/// <param name="Rows">Null where the table isn't there.</param>
public sealed record ProvenTable(string Schema, string Name, long? ExpectedRows, string? ExpectedDigest, long? Rows, string? Digest)
{
    /// <summary>Every table of either side, in the order of names.</summary>
    internal static IReadOnlyList<ProvenTable> Of(ProofRequest request, DatabaseDigest found)
    {
        var copies = found.Tables.ToDictionary(table => table.Table());
        var sources = (request.Expected?.Tables ?? []).ToDictionary(table => table.Table());
        return [.. copies.Keys.Union(sources.Keys).Union(request.Counts.Keys).OrderBy(table => table.ToString(), StringComparer.Ordinal).Select(table =>
        {
            var (source, copy) = (sources.GetValueOrDefault(table), copies.GetValueOrDefault(table));
            return new ProvenTable(table.Schema, table.Name, source?.Rows ?? (request.Counts.TryGetValue(table, out var rows) ? rows : null), source?.Digest, copy?.Rows, copy?.Digest);
        })];
    }
}

/// <param name="Value">The number that the copy gave, or null with a problem.</param>
/// <param name="AtLeast">The least that it should be.</param>
public sealed record ProbeAnswer(string Name, double? Value, double AtLeast, string? Problem)
{
    public bool Holds => Value >= AtLeast;
}
