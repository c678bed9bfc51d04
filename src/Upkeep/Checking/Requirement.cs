using System.Text.Json.Serialization;

namespace Upkeep.Checking;

/// <summary>How it stands with something that a run needs.</summary>
[JsonConverter(typeof(RequirementStateConverter))]
public enum RequirementState
{
    Met,

    /// <summary>A run is possible; the steps named would be skipped, do less, or fail.</summary>
    Missing,

    /// <summary>A run would be refused or could not start.</summary>
    Blocking,
}

/// <summary>Something that a run needs, looked at now.</summary>
/// <param name="Name">What was looked at, for example <c>endpoint home</c>.</param>
/// <param name="What">What is, with the value.</param>
/// <param name="Hint">How to mend it; null where it is met.</param>
/// <param name="Costs">Ids of the steps that suffer; empty where it is met.</param>
public sealed record Requirement(string Name, RequirementState State, string What, string? Hint, IReadOnlyList<string> Costs)
{
    /// <summary>Whether it is the configuration that is wrong, and not the world: a wrong password, a database that doesn't exist.</summary>
    public bool IsMistake { get; init; }

    public static Requirement Met(string name, string what) => new(name, RequirementState.Met, what, null, []);

    public static Requirement Missing(string name, string what, string hint, params string[] costs) => new(name, RequirementState.Missing, what, hint, costs);

    public static Requirement Blocking(string name, string what, string hint) => new(name, RequirementState.Blocking, what, hint, ["the whole run"]);
}

internal sealed class RequirementStateConverter() : JsonStringEnumConverter<RequirementState>(System.Text.Json.JsonNamingPolicy.KebabCaseLower);
