using Upkeep.Application.Checks;

namespace Upkeep.Application.Build;

/// <summary>The production build and what came out of it.</summary>
public sealed record BuildSurvey(IReadOnlyList<CheckRun> Runs, IReadOnlyList<Asset> Assets)
{
    /// <summary>All assets together, under no name.</summary>
    public Asset Total => new("all assets", Assets.Sum(one => one.Files), Assets.Sum(one => one.Raw), Assets.Sum(one => one.Gzip), Assets.Sum(one => one.Brotli));
}

/// <summary>What is served under one name, whatever content hash stands in it.</summary>
/// <param name="Name">Path below the output folder, without content hashes.</param>
/// <param name="Raw">Bytes as they are.</param>
/// <param name="Gzip">Bytes with gzip at its best.</param>
/// <param name="Brotli">Bytes with brotli at its best.</param>
public sealed record Asset(string Name, int Files, long Raw, long Gzip, long Brotli);

/// <summary>What all assets weighed when a run built them.</summary>
/// <param name="What">How compressed.</param>
public sealed record BuildSizePoint(DateTimeOffset At, string What, double Bytes);

/// <summary>What earlier runs built.</summary>
/// <param name="Last">The last run's; null where there is none.</param>
public sealed record BuildPast(BuildSurvey? Last, IReadOnlyList<BuildSizePoint> Sizes)
{
    public static BuildPast None { get; } = new(null, []);
}
